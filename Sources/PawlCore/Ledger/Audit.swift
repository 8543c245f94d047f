/// What is wrong with a ledger, if anything: the hash chain, the order, and the fold.
package struct LedgerFault: Hashable, Sendable {
    /// The place of the entry, counted from 1.
    package let number: Int
    /// What is wrong, in one sentence.
    package let text: String

    /// What is wrong with the entry at a place.
    package init(number: Int, text: String) {
        self.number = number
        self.text = text
    }
}

/// Checks every entry against the one before it. `texts` are all entries of one channel, oldest
/// first; `hash` is the function whose value `previous` holds.
///
/// A ledger that somebody with write access has rewritten as a whole passes: only a copy kept
/// elsewhere could tell.
package func audit(
    _ texts: [String], of key: ChannelKey, hash: (String) -> String
) -> [LedgerFault] {
    var faults: [LedgerFault] = []
    var before: (entry: Entry, text: String)?
    var isAfterGap = false
    for (index, text) in texts.enumerated() {
        let number = index + 1
        let entry: Entry
        do throws(Entry.Malformed) {
            entry = try Entry(text: text)
        } catch {
            faults.append(
                LedgerFault(number: number, text: "Entry \(number) cannot be read: \(error)."))
            before = nil
            isAfterGap = true
            continue
        }
        if isAfterGap {
            // What stood before it is not known: only those after it can be checked.
            isAfterGap = false
            before = (entry, text)
            continue
        }
        let expected = Entry(
            id: entry.id, at: entry.at, by: entry.actor, reason: entry.reason, key: key,
            event: entry.event, after: before?.entry, hash: before.map { hash($0.text) })
        if entry.key != key {
            faults.append(
                LedgerFault(number: number, text: "Entry \(number) is about \(entry.key)."))
        }
        if entry.number != expected.number {
            faults.append(
                LedgerFault(number: number, text: "Entry \(number) says it is \(entry.number)."))
        }
        if entry.previous != expected.previous {
            faults.append(
                LedgerFault(
                    number: number,
                    text: "Entry \(number) does not bear the hash of the entry before it."))
        }
        if entry.state != expected.state {
            faults.append(
                LedgerFault(
                    number: number,
                    text: "The state of entry \(number) is not what its events come to."))
        }
        before = (entry, text)
    }
    return faults
}
