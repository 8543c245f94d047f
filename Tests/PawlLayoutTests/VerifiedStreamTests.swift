import PawlCore
import PawlImages
import PawlLoopback
import PawlPorts
import Synchronization
import Testing

@Suite("Content is hashed on its way, and nobody gets all of something else")
struct VerifiedStreamTests {
    private func descriptor(_ bytes: [UInt8], size: Int? = nil) throws -> Manifest.Descriptor {
        let entry =
            "{\"manifests\":[{\"mediaType\":\"x\",\"digest\":\"\(sha256(bytes))\","
            + "\"size\":\(size ?? bytes.count)}]}"
        return try #require(try Manifest.entries(of: Array(entry.utf8)).first).descriptor
    }

    private func stream(_ pieces: [[UInt8]]) -> ByteStream {
        let rest = Pieces(pieces)
        return ByteStream { () throws(PortFailure) in rest.next() }
    }

    private final class Pieces: Sendable {
        private let pieces: Mutex<[[UInt8]]>

        init(_ pieces: [[UInt8]]) { self.pieces = Mutex(pieces) }

        func next() -> [UInt8]? { pieces.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
    }

    private func taken(
        _ pieces: [[UInt8]], as content: Manifest.Descriptor
    ) async -> (bytes: [UInt8], failure: PortFailure?) {
        let stream = stream(pieces).verified(against: content, subject: "the test")
        var bytes: [UInt8] = []
        do throws(PortFailure) {
            while let piece = try await stream.next() { bytes += piece }
            return (bytes, nil)
        } catch {
            return (bytes, error)
        }
    }

    @Test("the right bytes come whole, however they are cut", arguments: [1, 2, 3, 7, 100])
    func whole(size: Int) async throws {
        let bytes = (0..<100).map { UInt8($0) }
        let pieces = stride(from: 0, to: 100, by: size).map {
            Array(bytes[$0..<min(100, $0 + size)])
        }
        let taken = await taken(pieces + [[]], as: try descriptor(bytes))
        #expect(taken.failure == nil)
        #expect(taken.bytes == bytes)
    }

    @Test("nothing is content, too")
    func nothing() async throws {
        let taken = await taken([], as: try descriptor([]))
        #expect(taken.failure == nil)
        #expect(taken.bytes == [])
    }

    @Test("wrong, short and long content fail before the last piece is given")
    func wrong() async throws {
        let bytes: [UInt8] = [1, 2, 3, 4]
        let cases: [[[UInt8]]] = [
            [[1, 2], [3, 5]], [[1, 2]], [[1, 2], [3, 4], [5]], [], [[9, 9, 9, 9]],
        ]
        for pieces in cases {
            let taken = await taken(pieces, as: try descriptor(bytes))
            #expect(taken.failure?.code == .mismatched)
            #expect(taken.bytes.count < 4)
        }
    }

    @Test("a size that the digest's content does not have is a mismatch, too")
    func size() async throws {
        let taken = await taken([[1, 2, 3]], as: try descriptor([1, 2, 3], size: 4))
        #expect(taken.failure?.detail == "it has 3 bytes where its manifest says 4")
    }

    @Test("JSON that is read and written again says the same, to the last digit of its numbers")
    func json() throws {
        let text = #"{"a":[1.50,1e400,-0,12345678901234567890],"x\n\"":null,"a":{"b":[]}}"#
        let document = try JSON(Array(text.utf8))
        #expect(try JSON(document.bytes) == document)
        #expect(String(decoding: document.bytes, as: UTF8.self) == text.replacing("\\n", "\\u000a"))
    }
}

extension String {
    fileprivate func replacing(_ part: String, _ other: String) -> String {
        split(separator: part, omittingEmptySubsequences: false).joined(separator: other)
    }
}
