package import PawlCore

/// Told how far a copy is, for progress on a terminal. It cannot change anything.
package struct CopyObserver: Sendable {
    /// Called from any task, for each piece of content: it must be quick.
    package var tell: @Sendable (CopyEvent) -> Void

    /// An observer by its function.
    package init(_ tell: @escaping @Sendable (CopyEvent) -> Void) { self.tell = tell }

    /// One that does nothing.
    package static let none = CopyObserver { _ in }
}

/// What a copy is doing.
package enum CopyEvent: Hashable, Sendable {
    /// An image is about to be copied.
    case began(ImageReference)
    /// So many blobs with so many bytes are not there yet.
    case missing(ImageReference, blobs: Int, bytes: Int)
    /// So many more bytes were sent.
    case sent(ImageReference, bytes: Int)
    /// A blob is begun again; the bytes that were sent of it do not count.
    case again(ImageReference, bytes: Int, PortFailure)
    /// A signature, an attestation or the like goes with the image.
    case carried(ImageReference, Digest)
    /// One that does not go with it, and why, as a clause.
    case notCarried(ImageReference, Digest, String)
    /// All of it is there.
    case ended(ImageReference)
}
