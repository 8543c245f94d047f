import PawlCore
import PawlPorts
import Synchronization

/// The credential of an account: looked for when it is first needed, and kept.
final class HeldCredential: Sendable {
    private let source: CredentialSource
    private let trail: CredentialTrail
    private let held: Mutex<FoundCredential?>

    init(_ trail: CredentialTrail, of source: CredentialSource) {
        self.trail = trail
        self.source = source
        held = Mutex(trail.plain)
    }

    /// What is known without asking anybody; `nil` while a helper would have to be asked.
    var known: FoundCredential? { held.withLock { $0 } }

    /// The credential, for which helpers are asked if it is not known yet.
    func found() async throws(PortFailure) -> FoundCredential {
        if let known { return known }
        let found = try await source.follow(trail)
        held.withLock { $0 = found }
        return found
    }
}
