import AsyncHTTPClient
import NIOCore
import NIOHTTP1
package import PawlCore
package import PawlPorts
import Synchronization

extension AsyncHTTPExchange {
    /// One attempt. The head must come within `Limits.requestTimeout`, and each piece within
    /// `silenceMax` of the one before.
    package func open(_ request: Request) async throws(PortFailure) -> StreamedResponse {
        let address = try address(of: request)
        do {
            let answer = try await patientClient(for: address).execute(
                prepared(request, to: address),
                timeout: .nanoseconds(Limits.requestTimeout.milliseconds * 1_000_000))
            let reader = BodyReader(answer, of: address)
            let body = ByteStream { () throws(PortFailure) in try await reader.next() }
            guard answer.status == .ok else {
                let whole = try await reader.whole(bytesMax: request.answerBytesMax)
                return StreamedResponse(head: Self.response(answer, whole), body: body)
            }
            return StreamedResponse(head: Self.response(answer, []), body: body)
        } catch let failure as PortFailure {
            throw failure
        } catch {
            throw TransportFailure.failure(error, at: address)
        }
    }

    /// One attempt. Nothing bounds its time but `silenceMax` for each silence.
    package func send(
        _ request: Request, body: ByteStream, bytes: Int
    ) async throws(PortFailure) -> Response {
        let address = try address(of: request)
        let pieces = BodyPieces(body)
        var prepared = prepared(request, to: address)
        prepared.body = .stream(pieces, length: .known(Int64(bytes)))
        do {
            let answer = try await patientClient(for: address).execute(
                prepared, deadline: .distantFuture)
            let whole = try await BodyReader(answer, of: address)
                .whole(bytesMax: request.answerBytesMax)
            return Self.response(answer, whole)
        } catch {
            // The stream's own failure is the cause of whatever the connection says of it.
            if let failure = pieces.failure { throw failure }
            if let failure = error as? PortFailure { throw failure }
            throw TransportFailure.failure(error, at: address)
        }
    }

    private func address(of request: Request) throws(PortFailure) -> Address {
        if let address = Address(request.url) { return address }
        throw PortFailure(code: .garbled, subject: "a request", detail: "the address is not one")
    }

    private static func response(_ answer: HTTPClientResponse, _ body: [UInt8]) -> Response {
        Response(
            status: Int(answer.status.code), headers: answer.headers.map { ($0.name, $0.value) },
            body: body)
    }
}

/// Takes the pieces of an answer's body and counts them against what its head announced. Dropping
/// it ends the request.
private final class BodyReader: Sendable {
    private let address: Address
    private let handover: Handover
    private let receiving: Task<Void, Never>

    init(_ answer: HTTPClientResponse, of address: Address) {
        let handover = Handover()
        self.address = address
        self.handover = handover
        receiving = Task { await Self.receive(answer, of: address, for: handover) }
    }

    deinit {
        receiving.cancel()
        handover.abandon()
    }

    private static func receive(
        _ answer: HTTPClientResponse, of address: Address, for handover: Handover
    ) async {
        var missing = answer.headers["Content-Length"].first.flatMap { Int($0) }
        do {
            for try await piece in answer.body {
                missing = missing.map { $0 - piece.readableBytes }
                guard await handover.give(Array(piece.readableBytesView)) else { return }
            }
            // A cancelled sequence may end as if it were whole.
            try Task.checkCancellation()
            guard missing ?? 0 == 0 else { throw TransportFailure.cutShort }
            handover.end(.success(()))
        } catch {
            handover.end(.failure(TransportFailure.failure(error, at: address)))
        }
    }

    /// The next piece; `nil` at the end, if it is where the head said.
    func next() async throws(PortFailure) -> [UInt8]? {
        let result: Result<[UInt8]?, PortFailure> = await withTaskCancellationHandler {
            do throws(PortFailure) {
                return .success(try await handover.take())
            } catch {
                return .failure(error)
            }
        } onCancel: {
            receiving.cancel()
        }
        return try result.get()
    }

    /// All that is left, within a bound.
    func whole(bytesMax: Int) async throws(PortFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = try await next() {
            guard bytes.count + piece.count <= bytesMax else {
                throw TransportFailure.failure(TransportFailure.tooLarge(bytesMax), at: address)
            }
            bytes += piece
        }
        return bytes
    }
}

/// A stream as the client wants a body, with the failure that ended it.
private final class BodyPieces: AsyncSequence, Sendable {
    struct AsyncIterator: AsyncIteratorProtocol {
        let pieces: BodyPieces

        func next() async throws(PortFailure) -> ByteBuffer? { try await pieces.next() }
    }

    private let stream: ByteStream
    private let ended = Mutex<PortFailure?>(nil)

    init(_ stream: ByteStream) { self.stream = stream }

    var failure: PortFailure? { ended.withLock { $0 } }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: self) }

    private func next() async throws(PortFailure) -> ByteBuffer? {
        do {
            return try await stream.next().map { ByteBuffer(bytes: $0) }
        } catch {
            ended.withLock { $0 = error }
            throw error
        }
    }
}
