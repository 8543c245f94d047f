package import PawlCore

/// Names one channel among all that a server keeps: `owner/repo/channel`.
package struct ChannelAddress: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The repository whose commits the channel follows.
    package let repository: CodeRepository
    /// The channel's name in that repository's policy.
    package let channel: Channel.Name

    /// An address by its parts.
    package init(_ repository: CodeRepository, _ channel: Channel.Name) {
        self.repository = repository
        self.channel = channel
    }

    package var description: String { "\(repository)/\(channel)" }

    package static func < (left: ChannelAddress, right: ChannelAddress) -> Bool {
        left.description < right.description
    }
}
