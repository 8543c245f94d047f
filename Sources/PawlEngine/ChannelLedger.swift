import PawlCore
import PawlPorts

/// The entries of one channel: read, appended, and found again when an answer was lost.
struct ChannelLedger: Sendable {
    let access: LedgerAccess
    let key: ChannelKey
    let clock: Clock
    /// What this run has seen; `nil` for a reader that asks once.
    let seen: SeenTips?

    /// What came of an append.
    enum Answer: Sendable {
        /// The entry is in the ledger; it was the newest when it was added.
        case added(Tip)
        /// The move is in the ledger, which was learned late: a newer move is in force already. To
        /// follow the own one now would take the tags back.
        case superseded(Tip, by: Tip)
        /// Somebody else was faster; nothing was added.
        case moved(Tip?)
    }

    /// The newest entry, and never an older one than this run has seen.
    func tip() async throws(PortFailure) -> Tip? {
        let line = try await access.lines.tip(of: key)
        let shown: Tip? = if let line { try read(line) } else { nil }
        return remembered(shown)
    }

    private func remembered(_ shown: Tip?) -> Tip? {
        guard let seen else { return shown }
        return seen.newer(shown, of: key)
    }

    /// Appends what happened after `tip`. Throws only where the entry is not in the ledger as far
    /// as that can be told.
    func append(
        _ event: Entry.Event, reason: String? = nil, by actor: String? = nil, after tip: Tip?
    ) async throws(PortFailure) -> Answer {
        let entry = Entry(
            id: access.identifier(), at: clock.now(), by: actor ?? access.actor, reason: reason,
            key: key, event: event, after: tip?.entry, hash: tip.map { access.hash($0.line.text) })
        let text = entry.text
        guard text.utf8.count <= Limits.entryBytesMax else {
            throw PortFailure(
                code: .tooLarge, subject: "\(key)",
                detail: "the entry would have \(text.utf8.count) bytes")
        }
        let answer: Appended
        do throws(PortFailure) {
            answer = try await access.lines.append(
                title: entry.title, text: text, to: key, after: tip?.line)
        } catch {
            // The append may have happened and only its answer been lost.
            do throws(PortFailure) {
                if let own = try await find(entry, since: tip, told: nil) { return own }
            } catch {
                throw PortFailure(
                    code: error.code, subject: error.subject,
                    detail: "\(error.detail); whether the entry was recorded could not be told",
                    advice: "Run again; pawl history shows whether it was recorded.")
            }
            throw error
        }
        switch answer {
        case .added(let line):
            let added = Tip(entry: entry, line: line)
            _ = remembered(added)
            return .added(added)
        case .moved(let line):
            let told: Tip? = if let line { remembered(try read(line)) } else { nil }
            if let own = try await find(entry, since: tip, told: told) { return own }
            return .moved(try await newer(than: tip, told: told))
        }
    }

    /// Entries, newest first; only those before `tip` if one is given.
    func entries(before tip: Tip? = nil, limit: Int) async throws(PortFailure) -> [Tip] {
        var tips: [Tip] = []
        var last = tip?.line
        while tips.count < limit {
            let asked = min(Limits.entryPageMax, limit - tips.count)
            let lines = try await access.lines.lines(of: key, before: last, limit: asked)
            for line in lines { tips.append(try read(line)) }
            guard lines.count == asked, let oldest = lines.last else { break }
            last = oldest
        }
        return tips
    }

    /// The newest of what the store told and what it shows now. A store that shows an older line
    /// than the one that was refused shows the past: nothing may be done after that.
    private func newer(than tip: Tip?, told: Tip?) async throws(PortFailure) -> Tip? {
        guard let newest = try await newest(told) else { return nil }
        guard newest.entry.number > (tip?.entry.number ?? 0) else {
            throw PortFailure(
                code: .busy, subject: "\(key)", detail: "the ledger shows its newest entry late",
                advice: "Run again.")
        }
        return newest
    }

    /// A ledger that is not there any more is told by the store itself, and so believed.
    private func newest(_ told: Tip?) async throws(PortFailure) -> Tip? {
        guard let line = try await access.lines.tip(of: key),
            let shown = remembered(try read(line))
        else { return told }
        guard let told, told.entry.number > shown.entry.number else { return shown }
        return told
    }

    /// An entry of ours among those that came after `tip`, and whether another plan is in force by
    /// now.
    private func find(
        _ entry: Entry, since tip: Tip?, told: Tip?
    ) async throws(PortFailure) -> Answer? {
        guard let newest = try await newest(told) else { return nil }
        if newest.entry.id == entry.id { return .added(newest) }
        let after = newest.entry.number - (tip?.entry.number ?? 0) - 1
        guard after > 0 else { return nil }
        let since = try await entries(before: newest, limit: after)
        guard let own = since.first(where: { $0.entry.id == entry.id }) else { return nil }
        let isInForce = entry.movement == nil || newest.plan?.entry == own.entry.number
        return isInForce ? .added(own) : .superseded(own, by: newest)
    }

    /// A line of another channel or a damaged one is never "no entry".
    private func read(_ line: LedgerLine) throws(PortFailure) -> Tip {
        if let tip = seen?.tip(of: line, key) { return tip }
        let entry: Entry
        do throws(Entry.Malformed) {
            entry = try Entry(text: line.text)
        } catch {
            throw PortFailure(
                code: .garbled, subject: "\(key)",
                detail: "the line \(line.mark.prefix(12)) cannot be used: \(error)")
        }
        guard entry.key == key else {
            throw PortFailure(
                code: .mismatched, subject: "\(key)",
                detail: "the entry \(entry.number) is about \(entry.key)",
                advice: "Give each repository a ledger of its own; after it was renamed, move the "
                    + "old one away and begin a new one.")
        }
        return Tip(entry: entry, line: line)
    }
}

extension Engine {
    /// The channel's ledger; `nil` where none is kept.
    func ledger(of channel: Channel) -> ChannelLedger? {
        ports.ledger.map { access in
            ChannelLedger(
                access: access,
                key: ChannelKey(
                    host: access.host, repository: policy.repository, channel: channel.name),
                clock: ports.clock, seen: seen)
        }
    }
}

/// The reason for a ledger that could not be read.
func ledgerUnreadable(_ failure: PortFailure, _ channel: Channel) -> Reason {
    Reason(
        .ledgerUnreadable, "\(channel.name)",
        "The ledger of \(channel.name) could not be read: \(failure.detail).",
        advice: failure.advice)
}

/// The reason for an entry that could not be written.
func ledgerUnwritable(_ failure: PortFailure, _ channel: Channel, _ what: String) -> Reason {
    Reason(
        .ledgerUnwritable, "\(channel.name)", "\(what): \(failure.detail).",
        advice: failure.advice)
}
