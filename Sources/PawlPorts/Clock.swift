package import PawlCore

/// Time as the engine and the adapters may have it.
package struct Clock: Sendable {
    /// The wall clock.
    package var now: @Sendable () -> Instant
    /// Sleeps at least that long, or throws when the task is cancelled.
    package var sleep: @Sendable (Duration) async throws(CancellationError) -> Void

    /// A clock by its two functions.
    package init(
        now: @escaping @Sendable () -> Instant,
        sleep: @escaping @Sendable (Duration) async throws(CancellationError) -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }
}
