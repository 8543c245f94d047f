/// One line of a channel's ledger: who did what when, the hash of the line before, and the state
/// after it. Entries are never changed and never taken away.
package struct Entry: Hashable, Sendable {
    /// What happened.
    package enum Event: Hashable, Sendable {
        /// The plan in force changed. A rollback names the commits that came after its own.
        case move(Movement, rolledBack: [CommitID] = [])
        /// Nothing moves by itself until `resume`.
        case hold
        /// The hold is lifted. These commits are no longer quarantined.
        case resume(floor: CommitID, released: [CommitID])
        /// The commit does not go by the rules.
        case quarantine(CommitID)
        /// All tags were seen to have the digests of the plan of that entry.
        case followed(Int)
        /// A hook is being told about the plan of that entry.
        case announcing(Int, hook: String)
        /// A hook was told, or given up.
        case announced(Int, hook: String, Outcome)
    }

    /// What came of telling a hook.
    package enum Outcome: Hashable, Sendable {
        /// It took it; what it answered, in a few words.
        case delivered(String)
        /// It could not be told: a dead letter. Why.
        case failed(String)
    }

    /// 32 lower-case hex digits made by the writer: how it finds its own entry again when the
    /// answer to an append was lost, and the key under which hooks recognise a repetition.
    package let id: String
    /// The place in the ledger: 1, 2, 3, …
    package let number: Int
    /// When, to the second, by the writer's clock.
    package let at: Instant
    /// Who: an account's name.
    package let actor: String
    /// Why, in a person's words or the program's.
    package let reason: String?
    /// The hash of the text of the entry before it; `nil` for the first.
    package let previous: String?
    /// What it is about.
    package let key: ChannelKey
    /// What happened.
    package let event: Event
    /// All entries up to this one, folded.
    package let state: ChannelState

    /// An entry as it was read.
    package init(
        id: String, number: Int, at: Instant, actor: String, reason: String?, previous: String?,
        key: ChannelKey, event: Event, state: ChannelState
    ) {
        self.id = id
        self.number = number
        self.at = at
        self.actor = actor
        self.reason = reason
        self.previous = previous
        self.key = key
        self.event = event
        self.state = state
    }

    /// The entry that follows `tip` when this happens.
    package init(
        id: String, at moment: Instant, by actor: String, reason: String?, key: ChannelKey,
        event: Event, after tip: Entry?, hash: String?
    ) {
        let second = Instant(
            millisecondsSinceEpoch: moment.millisecondsSinceEpoch / 1000 * 1000)
        let number = (tip?.number ?? 0) + 1
        let state = (tip?.state ?? ChannelState()).after(
            event, number: number, at: second, by: actor, reason: reason)
        self.init(
            id: id, number: number, at: second, actor: actor, reason: reason, previous: hash,
            key: key, event: event, state: state)
    }

    /// `promote 1a2b3c4 to latest`: what a person reads in a log of entries.
    package var title: String {
        switch event {
        case .move(let movement, _):
            "\(movement.kind.rawValue) \(movement.commit.short) to \(key.channel)"
        case .hold: "hold \(key.channel)"
        case .resume(let floor, _): "resume \(key.channel) from \(floor.short)"
        case .quarantine(let commit): "quarantine \(commit.short) on \(key.channel)"
        case .followed(let plan): "followed \(plan)"
        case .announcing(let plan, let hook): "announcing \(plan) to \(hook)"
        case .announced(let plan, let hook, let outcome):
            switch outcome {
            case .delivered: "announced \(plan) to \(hook)"
            case .failed: "could not announce \(plan) to \(hook)"
            }
        }
    }

    /// The movement, if the entry moves.
    package var movement: Movement? {
        if case .move(let movement, _) = event { movement } else { nil }
    }
}
