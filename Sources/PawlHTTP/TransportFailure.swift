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
        func failure(
            _ code: PortFailure.Code, _ detail: String, _ advice: String? = nil
        ) -> PortFailure {
            PortFailure(code: code, subject: address.authority, detail: detail, advice: advice)
        }
        func unconnected(_ cause: Unconnected) -> PortFailure {
            failure(.unreachable, cause.detail, cause.advice(to: address))
        }
        switch error {
        case TransportFailure.tooLarge(let max):
            return failure(.tooLarge, "the answer is larger than \(max) bytes")
        case TransportFailure.cutShort:
            return failure(.unreachable, "the answer was cut short")
        case is CancellationError:
            return failure(.timedOut, noAnswer)
        case let error as NIOConnectionError:
            return unconnected(cause(of: error))
        case let error as HTTPClientError:
            let (code, detail) = words(for: error)
            return failure(code, detail)
        default:
            // A host that is an address fails with the system's own error.
            return unconnected(Unconnected("\(error)"))
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

    private static func cause(of error: NIOConnectionError) -> Unconnected {
        error.connectionErrors.first.map { Unconnected("\($0.error)") } ?? .nameUnknown
    }
}

/// Why there is no connection: told by the library's and the system's words, which have no type
/// that all of them share.
private enum Unconnected {
    case nameUnknown
    case refused
    case noRoute
    /// The server's certificate is not trusted, or is another host's.
    case certificate(String)
    /// The other side does not speak TLS as it should, or at all.
    case tls(String)
    case other(String)

    init(_ cause: String) {
        func has(_ words: String...) -> Bool { words.contains { cause.contains(word: $0) } }
        self =
            if has("Connection refused") {
                .refused
            } else if has("No route to host", "Network is unreachable") {
                .noRoute
            } else if has("CERTIFICATE", "certificate", "unableToValidate") {
                .certificate(cause)
            } else if has("WRONG_VERSION_NUMBER", "handshakeFailed", "SSL", "TLS") {
                .tls(cause)
            } else if has("resolv", "getaddrinfo", "Name or service") {
                .nameUnknown
            } else {
                .other(cause)
            }
    }

    var detail: String {
        func quoted(_ cause: String) -> String { OutsideText.line(cause, max: 120) }
        return switch self {
        case .nameUnknown: "its name could not be resolved"
        case .refused: "the connection was refused"
        case .noRoute: "there is no route to it"
        case .certificate(let cause):
            "its certificate is not trusted or not its own (\(quoted(cause)))"
        case .tls(let cause): "no TLS connection could be made (\(quoted(cause)))"
        case .other(let cause): "the connection failed (\(quoted(cause)))"
        }
    }

    func advice(to address: Address) -> String? {
        let host = address.authority
        return switch self {
        case .nameUnknown: "Check the name \(host) and the resolver of this machine."
        case .refused: "Check whether a server runs at \(host), and the port."
        case .noRoute: "Check the network of this machine, and whether \(host) is behind a proxy."
        case .certificate:
            "Add the authority that signed the certificate of \(host) to those of this machine."
        case .tls:
            "Check the port of \(host); a registry of plain HTTP needs `insecure: true` for it "
                + "under registries: in pawl.yaml."
        case .other: nil
        }
    }
}

extension String {
    /// The standard library has it for characters only.
    fileprivate func contains(word: String) -> Bool {
        let (all, part) = (Array(utf8), Array(word.utf8))
        guard all.count >= part.count else { return false }
        return (0...all.count - part.count).contains { all[$0...].starts(with: part) }
    }
}
