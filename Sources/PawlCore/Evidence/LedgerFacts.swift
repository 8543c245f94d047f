/// What the rules are given of a channel's ledger.
package struct LedgerFacts: Hashable, Sendable {
    /// All entries up to the tip that the run decides after, folded.
    package var state: ChannelState
    /// How the candidate stands to the channel's floor; asked only where there is one.
    package var floor: Fact<Ancestry> = .notAsked

    /// The state, before anything was asked about it.
    package init(state: ChannelState) { self.state = state }

    /// Whether the ledger says that the channel is at this commit, and that its tags were there.
    package func isAt(_ commit: CommitID) -> Bool {
        state.isFollowed && state.plan?.commit == commit
    }
}
