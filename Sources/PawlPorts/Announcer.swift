package import PawlCore

/// Tells hooks of a move.
package struct Announcer: Sendable {
    /// Tells one hook, with repetitions of its own, and gives what came of it in a few words.
    /// `since` is when this or an earlier run began to tell it: a hook that can be asked whether
    /// it was told already is asked from then on. Throws when the hook could not be told.
    package var tell:
        @Sendable (Announcement, Hook, _ since: Instant) async throws(PortFailure) -> String

    /// An announcer by its function.
    package init(
        tell:
            @escaping @Sendable (Announcement, Hook, _ since: Instant) async throws(PortFailure)
            -> String
    ) {
        self.tell = tell
    }
}
