import NIOCore
import NIOPosix
import PawlCore
import Synchronization

/// A connection over which any bytes may be sent: what no client library would.
final class RawConnection: Sendable {
    /// The server closed before an answer was whole.
    struct Closed: Error { let soFar: String }

    private let channel: any NIOCore.Channel
    private let incoming: AsyncThrowingStream<[UInt8], any Error>
    /// What came behind the answer that was read last.
    private let left = Mutex<[UInt8]>([])

    private final class Reader: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let bytes: AsyncThrowingStream<[UInt8], any Error>.Continuation

        init(_ bytes: AsyncThrowingStream<[UInt8], any Error>.Continuation) { self.bytes = bytes }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            bytes.yield(Array(unwrapInboundIn(data).readableBytesView))
        }

        func channelInactive(context: ChannelHandlerContext) { bytes.finish() }

        // A reset is an end as well: the server closed while we were still sending.
        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            bytes.finish()
            context.close(promise: nil)
        }
    }

    init(port: Int) async throws {
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self)
        incoming = stream
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.pipeline.addHandler(Reader(continuation))
            }
            .connect(host: "127.0.0.1", port: port).get()
    }

    /// Sends bytes; that the server has closed meanwhile is for the reader to tell.
    func send(_ bytes: [UInt8]) async throws {
        try? await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func close() async { try? await channel.close().get() }

    /// The next whole answer. Informational ones are passed over.
    func answer() async throws -> RawAnswer {
        var bytes = left.withLock { $0 }
        var parts = incoming.makeAsyncIterator()
        while true {
            if let answer = RawAnswer(bytes) {
                left.withLock { $0 = Array(bytes.dropFirst(answer.length)) }
                return answer
            }
            guard let part = try await parts.next() else { break }
            bytes += part
        }
        throw Closed(soFar: String(decoding: bytes, as: UTF8.self))
    }

    /// Reads until the text was seen, and gives what came so far.
    func read(until text: String) async throws -> String {
        var bytes: [UInt8] = []
        for try await part in incoming {
            bytes += part
            let soFar = String(decoding: bytes, as: UTF8.self)
            if soFar.contains(text) { return soFar }
        }
        throw Closed(soFar: String(decoding: bytes, as: UTF8.self))
    }

    /// Everything that comes until the server closes.
    func rest() async throws -> String {
        var bytes: [UInt8] = []
        for try await part in incoming { bytes += part }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// An answer as it came over the wire.
struct RawAnswer: Sendable {
    let status: Int
    /// By lower-case name.
    let headers: [String: String]
    let body: String
    /// How many of the bytes it was.
    let length: Int

    /// Reads one from the front of bytes; `nil` if it is not whole yet.
    init?(_ bytes: [UInt8]) {
        let end = Array("\r\n\r\n".utf8)
        guard let gap = bytes.firstRange(of: end) else { return nil }
        let lines = String(decoding: bytes[..<gap.lowerBound], as: UTF8.self)
            .split(separator: "\r\n")
        guard let code = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        guard code >= 200 else {
            guard let after = RawAnswer(Array(bytes[gap.upperBound...])) else { return nil }
            status = after.status
            (headers, body) = (after.headers, after.body)
            length = gap.upperBound + after.length
            return
        }
        let fields = lines.dropFirst().compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (line[..<colon].lowercased(), String(value))
        }
        headers = Dictionary(fields) { $0 + ", " + $1 }
        status = code
        let count = code == 304 ? 0 : Int(headers["content-length"] ?? "0") ?? 0
        guard bytes.count - gap.upperBound >= count else { return nil }
        body = String(decoding: bytes[gap.upperBound..<gap.upperBound + count], as: UTF8.self)
        length = gap.upperBound + count
    }

    /// Whether it is a problem document with its four members, of this status.
    var isProblem: Bool {
        guard headers["content-type"] == "application/problem+json",
            let document = try? JSONValue(parsing: Array(body.utf8)),
            document["status"]?.integer == status, document["type"]?.string == "about:blank",
            let title = document["title"]?.string, let detail = document["detail"]?.string
        else { return false }
        return !title.isEmpty && detail.hasSuffix(".")
    }
}
