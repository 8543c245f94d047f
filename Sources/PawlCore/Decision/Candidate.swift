/// One full commit id proposed for one channel. Its identity is the two, never an event's id.
package struct Candidate: Hashable, Sendable {
    /// The channel that would move.
    package let channel: Channel
    /// The commit that it would move to.
    package let commit: CommitID
    /// A person's order to pass rules 5 to 7.
    package let override: Override?
    /// Whether a look or an event found it, rather than somebody who named it.
    package let isFound: Bool

    /// A candidate, by rule or by order.
    package init(
        channel: Channel, commit: CommitID, override: Override? = nil, isFound: Bool = false
    ) {
        self.channel = channel
        self.commit = commit
        self.override = override
        self.isFound = isFound
    }
}

/// What a person says beside an order: who, and why if they say it.
package struct Statement: Hashable, Sendable {
    /// Who.
    package let actor: String
    /// Why, in one line.
    package let reason: String?

    /// A statement; a reason is checked as an override's is.
    package init(actor: String, reason: String?) throws(Override.Malformed) {
        self.actor = actor
        if let reason {
            self.reason = try Override(actor: actor, reason: reason).reason
        } else {
            self.reason = nil
        }
    }
}

/// A person's order to pass a rule, with a name and a reason, always recorded.
package struct Override: Hashable, Sendable {
    /// The text is empty or longer than `Limits.overrideReasonCharactersMax`.
    package struct Malformed: Error, Hashable, Sendable {}

    /// Who ordered it.
    package let actor: String
    /// Why, in the person's words.
    package let reason: String

    /// Takes the order; a reason of nothing but blanks is none. Line breaks become blanks.
    package init(actor: String, reason: String) throws(Malformed) {
        let line = String(reason.map { $0.isNewline ? " " : $0 })
        guard line.contains(where: { !$0.isWhitespace }),
            line.count <= Limits.overrideReasonCharactersMax,
            line.utf8.count <= 4 * Limits.overrideReasonCharactersMax
        else { throw Malformed() }
        self.actor = actor
        self.reason = line
    }
}
