package import PawlCore

/// Told what a run is doing, for progress on a terminal, logs and metrics. It cannot change
/// anything.
package struct Observer: Sendable {
    /// Called from any task.
    package var tell: @Sendable (EngineEvent) -> Void

    /// An observer by its function.
    package init(_ tell: @escaping @Sendable (EngineEvent) -> Void) { self.tell = tell }

    /// One that does nothing.
    package static let none = Observer { _ in }
}

/// What a run is doing.
package enum EngineEvent: Hashable, Sendable {
    /// Facts about a candidate are being gathered.
    case asking(Candidate)
    /// A source that is not there yet is waited for.
    case waitingForSource(ImageReference, Duration)
    /// A candidate was judged.
    case judged(Candidate, Verdict)
    /// A tag was moved.
    case moved(ImageReference, Digest)
    /// A tag was put back because the group could not be finished.
    case putBack(ImageReference, Digest)
    /// A hook was told of a move, or given up.
    case announced(String, Entry.Outcome)
    /// A tag could not be moved.
    case notMoved(ImageReference, PortFailure)
}
