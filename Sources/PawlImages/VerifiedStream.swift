import PawlCore
package import PawlPorts
import Synchronization

extension ByteStream {
    /// The same bytes, hashed and counted on their way. The last piece is given only when the whole
    /// has the digest and the size that its descriptor says: whoever takes the stream never has all
    /// of something else. `tell` gets the number of bytes of each piece.
    package func verified(
        against content: Manifest.Descriptor, subject: String,
        tell: @escaping @Sendable (Int) -> Void = { _ in }
    ) -> ByteStream {
        let verification = Verification(content, subject: subject)
        return ByteStream { () throws(PortFailure) in
            while !verification.isOver {
                guard let piece = try await next() else {
                    let last = try verification.end()
                    if let last { tell(last.count) }
                    return last
                }
                if let earlier = try verification.exchange(piece) {
                    tell(earlier.count)
                    return earlier
                }
            }
            return nil
        }
    }
}

/// The hash so far, and the one piece that is held back.
private final class Verification: Sendable {
    private struct State {
        var hash: ContentHash
        var count = 0
        var held: [UInt8]?
        var isOver = false
    }

    private let content: Manifest.Descriptor
    private let subject: String
    private let state: Mutex<State>

    init(_ content: Manifest.Descriptor, subject: String) {
        self.content = content
        self.subject = subject
        state = Mutex(State(hash: ContentHash(content.digest.algorithm)))
    }

    var isOver: Bool { state.withLock { $0.isOver } }

    /// Takes a piece and gives the one before it.
    func exchange(_ piece: [UInt8]) throws(PortFailure) -> [UInt8]? {
        let (earlier, count) = state.withLock { state in
            state.hash.update(piece)
            state.count += piece.count
            defer { state.held = piece }
            return (state.held, state.count)
        }
        if let size = content.size, count > size {
            throw mismatch("it has more than the \(size) bytes that its manifest says")
        }
        return earlier
    }

    /// The last piece, if the whole is what it should be.
    func end() throws(PortFailure) -> [UInt8]? {
        let (last, count, digest) = state.withLock { state in
            state.isOver = true
            return (state.held, state.count, state.hash.digest)
        }
        if let size = content.size, count != size {
            throw mismatch("it has \(count) bytes where its manifest says \(size)")
        }
        guard let digest, digest == content.digest else {
            throw mismatch("content of \(digest?.short ?? "no digest") was sent instead")
        }
        return last
    }

    private func mismatch(_ detail: String) -> PortFailure {
        PortFailure(code: .mismatched, subject: subject, detail: detail)
    }
}
