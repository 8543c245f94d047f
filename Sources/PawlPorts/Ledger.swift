package import PawlCore

/// Where the entries of channels are kept: an append-only log with one conditional operation. It
/// keeps lines; what they say is the core's matter.
///
/// `nil` is the store's own word that a channel has no entry; a look that failed throws.
package protocol Ledger: Sendable {
    /// The newest line of a channel. Costs the same however long the ledger is.
    func tip(of key: ChannelKey) async throws(PortFailure) -> LedgerLine?

    /// Adds a line after `tip`, durably, if `tip` is still the newest one; else nothing happens.
    /// `nil` as tip: if the channel has no line. A failure says nothing about whether the line was
    /// added: the caller looks for its own id.
    func append(
        title: String, text: String, to key: ChannelKey, after tip: LedgerLine?
    ) async throws(PortFailure) -> Appended

    /// Lines of a channel, newest first, at most `limit`; only those before `line` if one is given.
    func lines(
        of key: ChannelKey, before line: LedgerLine?, limit: Int
    ) async throws(PortFailure) -> [LedgerLine]

    /// The same for an audit: where the store finds that a line is not as it was added, the place
    /// comes with what is wrong, and does not hide the lines around it.
    func kept(
        of key: ChannelKey, before line: LedgerLine?, limit: Int
    ) async throws(PortFailure) -> [KeptLine]
}

extension Ledger {
    /// Stores that check no line by itself have nothing to say of one.
    package func kept(
        of key: ChannelKey, before line: LedgerLine?, limit: Int
    ) async throws(PortFailure) -> [KeptLine] {
        try await lines(of: key, before: line, limit: limit).map { KeptLine($0) }
    }
}

/// A line as the store has it, whether or not it is as it was added.
package struct KeptLine: Hashable, Sendable {
    /// What stands there; empty where nothing can be found.
    package let line: LedgerLine
    /// What is wrong with it, as a clause; `nil` where the store knows of nothing.
    package let damage: String?

    /// A line, and what is wrong with it.
    package init(_ line: LedgerLine, damage: String? = nil) {
        self.line = line
        self.damage = damage
    }
}

/// One line of a ledger.
package struct LedgerLine: Hashable, Sendable {
    /// The written form of an entry, byte for byte as it was appended; no line break.
    package let text: String
    /// The store's own name for the place: a row's number, a commit id.
    package let mark: String

    /// A line by its parts.
    package init(text: String, mark: String) {
        self.text = text
        self.mark = mark
    }
}

/// What came of an append.
package enum Appended: Hashable, Sendable {
    /// The line is the newest now.
    case added(LedgerLine)
    /// Another line was the newest; nothing was added. `nil` where the store cannot name it.
    case moved(to: LedgerLine?)
}
