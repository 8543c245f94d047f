/// Ends when nobody works with what it belongs to any more: neither a generation in force nor a
/// step under way.
package final class Lifetime: Sendable {
    private let onEnd: @Sendable () -> Void

    /// `onEnd` is told of the end once, by whoever let go last; it must return at once.
    package init(onEnd: @escaping @Sendable () -> Void) { self.onEnd = onEnd }

    deinit { onEnd() }
}
