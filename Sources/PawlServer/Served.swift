package import PawlCore
package import PawlEngine
package import PawlPorts

/// One policy that a server keeps, with the world that it is kept in. The ports live until the
/// policy changes: what they remember makes the next question cheap.
package struct Served: Sendable {
    /// The rules.
    package let policy: Policy
    /// The file that they were read from.
    package let file: String
    /// The world.
    package let ports: Ports
    /// What the host's newest commits and runs come to, as a text that changes when they do: one
    /// cheap question. `nil`: there is none, and every sweep looks.
    package let fingerprint: (@Sendable () async throws(PortFailure) -> String)?
    /// Deliveries that the host sent lately, to find those that never arrived; `nil` where that is
    /// not permitted.
    package let missed: (@Sendable () async throws(PortFailure) -> [Delivery])?
    /// How many requests the host still allows, as far as it was told.
    package let budget: @Sendable () -> Int?
    /// Shows people what a step came to, beside the commit at the host; `nil`: nobody asked for it.
    package let show: (@Sendable (Receipt) async -> Void)?
    /// Ends when this policy is in use no more.
    package let lifetime: Lifetime?

    /// A policy with its world.
    package init(
        policy: Policy, file: String, ports: Ports,
        fingerprint: (@Sendable () async throws(PortFailure) -> String)? = nil,
        missed: (@Sendable () async throws(PortFailure) -> [Delivery])? = nil,
        budget: @escaping @Sendable () -> Int? = { nil },
        show: (@Sendable (Receipt) async -> Void)? = nil, lifetime: Lifetime? = nil
    ) {
        self.policy = policy
        self.file = file
        self.ports = ports
        self.fingerprint = fingerprint
        self.missed = missed
        self.budget = budget
        self.show = show
        self.lifetime = lifetime
    }
}
