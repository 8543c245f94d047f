/// The entries of a channel folded: all that a run must know of what was before it. Each entry
/// carries the state after it, so that one read of the tip tells everything.
package struct ChannelState: Hashable, Sendable {
    /// The digests that an entry which moves gave the tags.
    package struct RecordedPlan: Hashable, Sendable {
        /// The entry's place.
        package let entry: Int
        /// Why it moved.
        package let kind: Movement.Kind
        /// The commit that the channel is at by it.
        package let commit: CommitID
        /// The tags and their digests, in the order of the policy at that time.
        package let images: [Image]

        /// One tag of it.
        package struct Image: Hashable, Sendable {
            /// The tag.
            package let target: ImageReference
            /// Its digest.
            package let digest: Digest

            /// A tag with its digest.
            package init(target: ImageReference, digest: Digest) {
                self.target = target
                self.digest = digest
            }
        }

        /// A plan in full.
        package init(entry: Int, kind: Movement.Kind, commit: CommitID, images: [Image]) {
            self.entry = entry
            self.kind = kind
            self.commit = commit
            self.images = images
        }

        /// The digest that a tag has by this plan; `nil` if it does not name the tag.
        package func digest(of target: ImageReference) -> Digest? {
            images.first { $0.target == target }?.digest
        }
    }

    /// A person's word that nothing moves by itself.
    package struct Hold: Hashable, Sendable {
        /// Who.
        package let actor: String
        /// Since when.
        package let since: Instant
        /// Why, if it was said.
        package let reason: String?

        /// A hold in full.
        package init(actor: String, since: Instant, reason: String?) {
            self.actor = actor
            self.since = since
            self.reason = reason
        }
    }

    /// A move that could not be finished and was put back.
    package struct GaveWay: Hashable, Sendable {
        /// The commit that it was to.
        package let commit: CommitID
        /// When it was put back.
        package let since: Instant

        /// Which commit gave way, and when.
        package init(commit: CommitID, since: Instant) {
            self.commit = commit
            self.since = since
        }
    }

    /// How far the telling of one hook about the newest plan is.
    package struct Announcement: Hashable, Sendable {
        /// The hook's name.
        package let hook: String
        /// When somebody began to tell it.
        package let began: Instant
        /// What came of it; `nil` while it is being told.
        package var outcome: Entry.Outcome?

        /// An announcement in full.
        package init(hook: String, began: Instant, outcome: Entry.Outcome? = nil) {
            self.hook = hook
            self.began = began
            self.outcome = outcome
        }
    }

    /// Every plan since the last one that was followed, that one included, oldest first; the last
    /// is in force. Empty before the first entry that moves.
    package var plans: [RecordedPlan]
    /// Whether the tags were seen to have the digests of the plan in force.
    package var isFollowed: Bool
    /// Whether a person holds the channel.
    package var hold: Hold?
    /// Only this commit and its descendants go by the rules.
    package var floor: CommitID?
    /// Commits that a person named: they do not go by the rules.
    package var quarantined: [CommitID]
    /// Commits that came after one that the group was taken back to.
    package var rolledBack: [CommitID]
    /// What was told about the plan in force.
    package var announcements: [Announcement]
    /// The newest move that could not be finished, until another one is.
    package var gaveWay: GaveWay?

    /// A state in full; without arguments, before the first entry.
    package init(
        plans: [RecordedPlan] = [], isFollowed: Bool = true, hold: Hold? = nil,
        floor: CommitID? = nil, quarantined: [CommitID] = [], rolledBack: [CommitID] = [],
        announcements: [Announcement] = [], gaveWay: GaveWay? = nil
    ) {
        self.plans = plans
        self.isFollowed = isFollowed
        self.hold = hold
        self.floor = floor
        self.quarantined = quarantined
        self.rolledBack = rolledBack
        self.announcements = announcements
        self.gaveWay = gaveWay
    }

    /// The plan in force; `nil` before the first entry that moves.
    package var plan: RecordedPlan? { plans.last }

    /// Whether the commit was named by a person or came after one that was rolled back to.
    package func isQuarantined(_ commit: CommitID) -> Bool {
        quarantined.contains(commit) || rolledBack.contains(commit)
    }
}

extension ChannelState {
    /// The state after an event. Pure: everything it knows is in its arguments.
    package func after(
        _ event: Entry.Event, number: Int, at moment: Instant, by actor: String, reason: String?
    ) -> Self {
        var state = self
        switch event {
        case .move(let movement, let rolledBack):
            state.plans.append(
                RecordedPlan(
                    entry: number, kind: movement.kind, commit: movement.commit,
                    images: movement.images.map {
                        RecordedPlan.Image(target: $0.target, digest: $0.digest)
                    }))
            state.isFollowed = movement.kind == .adopt
            if state.isFollowed { state.plans = state.plans.suffix(1) }
            state.announcements = []
            if movement.kind == .restore, let failed = movement.previous,
                failed != movement.commit
            {
                state.gaveWay = GaveWay(commit: failed, since: moment)
            }
            if movement.kind == .rollback {
                state.rolledBack += rolledBack.filter { !state.rolledBack.contains($0) }
                state.hold = Hold(actor: actor, since: moment, reason: reason)
            }
        case .followed(let plan):
            guard plan == state.plan?.entry else { break }
            state.plans = state.plans.suffix(1)
            state.isFollowed = true
            if state.plan?.kind != .restore { state.gaveWay = nil }
        case .hold:
            state.hold = Hold(actor: actor, since: moment, reason: reason)
        case .resume(let floor, let released):
            state.hold = nil
            state.floor = floor
            // A commit that a person named is let go only by its name.
            state.quarantined.removeAll { $0 == floor && released.contains(floor) }
            state.rolledBack.removeAll(where: released.contains)
        case .quarantine(let commit):
            if !state.quarantined.contains(commit) { state.quarantined.append(commit) }
        case .announcing(let plan, let hook):
            guard plan == state.plan?.entry else { break }
            state.announcements.removeAll { $0.hook == hook }
            state.announcements.append(Announcement(hook: hook, began: moment))
        case .announced(let plan, let hook, let outcome):
            guard plan == state.plan?.entry,
                let index = state.announcements.firstIndex(where: { $0.hook == hook })
            else { break }
            state.announcements[index].outcome = outcome
        }
        return state
    }
}
