/// What a ledger is kept for: one channel of one repository at one code host.
package struct ChannelKey: Hashable, Sendable, CustomStringConvertible {
    /// The code host's name: `github.com`, or `git` where a clone is all there is.
    package let host: String
    /// The repository at that host.
    package let repository: CodeRepository
    /// The channel of its policy.
    package let channel: Channel.Name

    /// A key by its parts.
    package init(host: String, repository: CodeRepository, channel: Channel.Name) {
        self.host = host
        self.repository = repository
        self.channel = channel
    }

    /// `github.com/acme/app/latest`.
    package var description: String { "\(host)/\(repository)/\(channel)" }
}
