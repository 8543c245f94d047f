package import PawlCore
package import PawlEngine

/// What pages and the API may ask of the server's work. The keeper is behind it; tests stand in.
package struct Orders: Sendable {
    /// Carries a person's order out on a channel, in turn with the channel's other work; `nil` if
    /// there is no such channel or the server is stopping.
    package var carryOut: @Sendable (Engine.Order, ChannelAddress) async -> Receipt?
    /// Judges one commit for a channel and writes nothing; `nil` if there is no such channel.
    package var explain: @Sendable (CommitName, ChannelAddress) async -> Receipt?
    /// Says that deliveries were kept, so that they are read at once.
    package var read: @Sendable () -> Void

    /// Orders by their functions.
    package init(
        carryOut: @escaping @Sendable (Engine.Order, ChannelAddress) async -> Receipt?,
        explain: @escaping @Sendable (CommitName, ChannelAddress) async -> Receipt?,
        read: @escaping @Sendable () -> Void
    ) {
        self.carryOut = carryOut
        self.explain = explain
        self.read = read
    }
}
