package import PawlCore
package import PawlEngine

/// What a server knows of one channel: everything that its page, its API and its metrics show.
package struct Situation: Hashable, Sendable {
    /// One commit of the strip: how it stands to the channel's rules.
    package struct Step: Hashable, Sendable {
        /// The commit.
        package let commit: CommitID
        /// When it was committed, if the host says.
        package let committedAt: Instant?
        /// Whether the channel is at it.
        package let isLive: Bool
        /// What judging it came to, with every finding; `nil` where it was not judged.
        package let judged: Receipt?

        /// A step in full.
        package init(
            commit: CommitID, committedAt: Instant?, isLive: Bool, judged: Receipt?
        ) {
            self.commit = commit
            self.committedAt = committedAt
            self.isLive = isLive
            self.judged = judged
        }
    }

    /// Which channel.
    package let address: ChannelAddress
    /// The branch that it follows.
    package let branch: BranchName
    /// Its rules, as they are in force.
    package let channel: Channel
    /// Where it is and how far behind; `nil` until it was looked at once.
    package var status: ChannelStatus?
    /// What the newest look, event or order came to.
    package var last: Receipt?
    /// From the branch's tip back to what is live, newest first, at most
    /// `Limits.stripCommitsMax`.
    package var strip: [Step] = []
    /// The ledger's newest entries, newest first, at most `Limits.entryPageMax`.
    package var history: [Entry] = []
    /// When it was last looked at.
    package var lookedAt: Instant?
    /// When it is looked at again without any event.
    package var nextLookAt: Instant?
    /// Whether it is being worked on now.
    package var isAtWork = false

    /// A channel that was not looked at yet.
    package init(address: ChannelAddress, branch: BranchName, channel: Channel) {
        self.address = address
        self.branch = branch
        self.channel = channel
    }
}
