import AsyncHTTPClient
import NIOCore
import NIOPosix
import PawlCore

/// What can go wrong before there is a whole answer, and its words.
enum TransportFailure: Error {
    /// More bytes than the request allows.
    case tooLarge(Int)
    /// Fewer bytes than the answer's head announced.
    case cutShort

    /// Own choice: TCP and TLS together.
    static let connectTimeout = TimeAmount.seconds(5)

    /// The same as the failure of a port. Its subject is the host alone.
    static func failure(_ error: any Error, at address: Address) -> PortFailure {
        func failure(_ code: PortFailure.Code, _ detail: String) -> PortFailure {
            PortFailure(code: code, subject: address.authority, detail: detail)
        }
        switch error {
        case TransportFailure.tooLarge(let max):
            return failure(.tooLarge, "the answer is larger than \(max) bytes")
        case TransportFailure.cutShort:
            return failure(.unreachable, "the answer was cut short")
        case is CancellationError:
            return failure(.timedOut, noAnswer)
        case let error as NIOConnectionError:
            return failure(.unreachable, detail(of: error))
        case let error as HTTPClientError:
            let (code, detail) = words(for: error)
            return failure(code, detail)
        default:
            // A host that is an address fails with the system's own error.
            return failure(.unreachable, detail(of: "\(error)"))
        }
    }

    private static let noAnswer = "no whole answer came within \(Limits.requestTimeout.inWords)"

    private static func words(for error: HTTPClientError) -> (PortFailure.Code, String) {
        let slow: [HTTPClientError] = [.cancelled, .deadlineExceeded]
        let silent: [HTTPClientError] = [.readTimeout, .writeTimeout]
        let unconnected: [HTTPClientError] = [
            .connectTimeout, .tlsHandshakeTimeout, .httpProxyHandshakeTimeout,
            .getConnectionFromPoolTimeout,
        ]
        if slow.contains(error) { return (.timedOut, noAnswer) }
        if silent.contains(error) {
            let seconds = AsyncHTTPExchange.silenceMax.nanoseconds / 1_000_000_000
            return (.timedOut, "nothing was sent or received for \(seconds)s")
        }
        if unconnected.contains(error) {
            let seconds = connectTimeout.nanoseconds / 1_000_000_000
            return (.timedOut, "no connection was made within \(seconds)s")
        }
        if error == .remoteConnectionClosed {
            return (.unreachable, "the connection was closed before the answer")
        }
        return (.unreachable, "the exchange failed (\(error.shortDescription))")
    }

    private static func detail(of error: NIOConnectionError) -> String {
        guard let first = error.connectionErrors.first else {
            return "its name could not be resolved"
        }
        return detail(of: "\(first.error)")
    }

    private static func detail(of cause: String) -> String {
        cause.contains("Connection refused")
            ? "the connection was refused"
            : "the connection failed (\(OutsideText.line(cause, max: 120)))"
    }
}
