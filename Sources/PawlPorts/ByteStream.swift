package import PawlCore
import Synchronization

/// Bytes in pieces, in order, at the pace of whoever takes them. Taken once, by one task at a time.
package struct ByteStream: Sendable {
    private let take: @Sendable () async throws(PortFailure) -> [UInt8]?

    /// A stream by the function that gives its next piece, and `nil` after the last one.
    package init(_ take: @escaping @Sendable () async throws(PortFailure) -> [UInt8]?) {
        self.take = take
    }

    /// A stream of bytes that are there already.
    package init(_ bytes: [UInt8]) {
        let rest = Once(bytes)
        take = { () throws(PortFailure) in rest.take() }
    }

    /// The next piece, never empty; `nil` after the last one. A stream that fails has no end.
    package func next() async throws(PortFailure) -> [UInt8]? {
        while let piece = try await take() {
            if !piece.isEmpty { return piece }
        }
        return nil
    }
}

/// A value that is there once.
private final class Once: Sendable {
    private let value: Mutex<[UInt8]?>

    init(_ value: [UInt8]) { self.value = Mutex(value) }

    func take() -> [UInt8]? {
        value.withLock { value in
            defer { value = nil }
            return value
        }
    }
}
