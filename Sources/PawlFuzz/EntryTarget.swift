import PawlCore

extension FuzzTarget {
    /// A ledger's line: what is read as an entry is written, and read again, as the same one.
    static let entry = FuzzTarget("entry") { bytes throws(Broken) in
        guard let text = String(validating: bytes, as: UTF8.self),
            let entry = try? Entry(text: text)
        else { return }
        try isReadBack(entry)
    }

    /// Entries made of any words: every one of them can be read back, or a channel would be stuck.
    static let entryMade = FuzzTarget("entry-made") { bytes throws(Broken) in
        let texts = OutsideBytes.texts(8, in: bytes)
        let kind = Int(texts[0].utf8.first ?? 0)
        let at = Instant(
            millisecondsSinceEpoch: Int64(
                texts[0].utf8.reduce(0) { ($0 << 5 ^ Int($1)) & 0xFFFF_FFFF })
                * 1000)
        guard let repository = try? CodeRepository("acme/app"),
            let channel = try? Channel.Name("latest"), let tag = try? Tag("latest"),
            let digest = try? Digest("sha256:" + String(repeating: "0a", count: 32)),
            let commit = try? CommitID(String(repeating: "1b", count: 20))
        else { throw Broken("a constant is malformed") }
        // As a policy names an image, and the tag that moves there.
        let image = (try? Repository(texts[4])).map { ImageReference($0, tag) }
        let movement = Movement(
            kind: Movement.Kind.allCases[kind % 4], commit: commit,
            previous: kind & 4 == 0 ? nil : commit,
            images: image.map {
                [Movement.Image(target: $0, digest: digest, before: kind & 8 == 0 ? nil : digest)]
            } ?? [], evidence: [texts[5], texts[6]], isOverride: kind & 16 == 0)
        let events: [Entry.Event] = [
            .move(movement, rolledBack: [commit]), .hold, .resume(floor: commit, released: []),
            .quarantine(commit), .followed(1), .announcing(1, hook: texts[7]),
            .announced(1, hook: texts[7], .delivered(texts[5])),
            .announced(1, hook: texts[7], .failed(texts[6])),
        ]
        let key = ChannelKey(host: texts[1], repository: repository, channel: channel)
        var tip: Entry?
        // A move comes first, so that what tells of it is kept in the state.
        for event in [events[0], events[5], events[kind / 8 % events.count]] {
            let entry = Entry(
                id: id(of: texts[1]), at: at, by: texts[2], reason: kind & 1 == 0 ? nil : texts[3],
                key: key, event: event, after: tip, hash: tip.map { _ in texts[1] })
            try isReadBack(entry)
            tip = entry
        }
    }

    /// An id as a writer draws them, out of any text.
    private static func id(of text: String) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let hex = text.utf8.prefix(16).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: hex, as: UTF8.self) + String(repeating: "0", count: 32 - hex.count)
    }

    private static func isReadBack(_ entry: Entry) throws(Broken) {
        let text = entry.text
        try hold(
            text.utf8.allSatisfy { (0x20..<0x7F).contains($0) },
            "a written entry is not printable ASCII")
        try hold(!Shown.hasBracketCommand(text), "a written entry has a runner's command")
        let again: Entry
        do throws(Entry.Malformed) {
            again = try Entry(text: text)
        } catch {
            throw Broken("a written entry is not read (\(error)): \(text)")
        }
        try hold(again == entry, "an entry is not read back as written: \(text)")
        try hold(again.text.isSame(as: text), "an entry is written in two ways: \(text)")
    }
}
