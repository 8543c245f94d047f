import HTTPTypes
import Hummingbird
import PawlCore

/// Every request comes by here: the routes for programs, then the pages. Whatever goes wrong is a
/// problem document, and every answer has the headers that browsers go by.
struct Front: HTTPResponder {
    typealias Context = BasicRequestContext

    private static let safety: [(HTTPField.Name, String)] = [
        ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
        ("X-Frame-Options", "DENY"), ("Cache-Control", "no-store"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ].compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }

    let intake: Intake
    let reads: ReadRoutes
    let orders: OrderRoutes
    let health: HealthRoutes
    let pages: RouterResponder<BasicRequestContext>

    func respond(to request: Request, context: Context) async throws -> Response {
        var response: Response
        do throws(Problem) {
            response = try await answer(request, context)
        } catch {
            response = error.response
        }
        for (name, value) in Self.safety where response.headers[name] == nil {
            response.headers[name] = value
        }
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(
        _ request: Request, _ context: Context
    ) async throws(Problem) -> Response {
        let path = request.uri.path
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        switch parts.first {
        case "webhooks" where parts.count == 2 && parts[1] == "github":
            try allow([.post], request)
            return try await intake.answer(to: request)
        case "api": return try await api(parts.dropFirst(), request)
        case "healthz" where parts.count == 1:
            try allow([.get, .head], request)
            return health.alive()
        case "readyz" where parts.count == 1:
            try allow([.get, .head], request)
            return await health.ready()
        case "metrics" where parts.count == 1:
            try allow([.get, .head], request)
            return health.figures()
        default: return try await page(request, context)
        }
    }

    private func api(
        _ parts: ArraySlice<Substring>, _ request: Request
    ) async throws(Problem) -> Response {
        guard parts.first == "v1", let kind = parts.dropFirst().first else {
            throw nothing(request)
        }
        let rest = parts.dropFirst(2).map { Self.decoded($0) }
        guard !rest.contains(nil) else { throw Problem(.badRequest, "The path is malformed.") }
        let name = rest.compactMap(\.self).joined(separator: "/")
        let channel = request.uri.queryParameters["channel"].map(String.init)
        switch kind {
        case "channels" where request.method == .post:
            guard let word = rest.last ?? nil, OrderRoutes.words.contains(word), rest.count > 1
            else {
                throw rest.count > 3
                    ? nothing(request)
                    : Problem(.methodNotAllowed, "Channels are read here.").allowing("GET, HEAD")
            }
            let name = rest.dropLast().compactMap(\.self).joined(separator: "/")
            return try await orders.carryOut(word, on: name, request)
        case "channels":
            if let word = rest.last ?? nil, OrderRoutes.words.contains(word), rest.count > 1,
                (try? ChannelFinder(board: reads.board).channel(named: name)) == nil
            {
                throw Problem(.methodNotAllowed, "Orders are posted.").allowing("POST")
            }
            try allow([.get, .head], request)
            return rest.isEmpty ? reads.channels() : try reads.channel(name)
        case "candidates" where rest.count == 1:
            try allow([.get, .head], request)
            return try await reads.candidate(name, for: channel)
        case "history" where rest.isEmpty:
            try allow([.get, .head], request)
            return try reads.history(of: channel)
        default: throw nothing(request)
        }
    }

    private func page(
        _ request: Request, _ context: Context
    ) async throws(Problem) -> Response {
        do {
            let response = try await pages.respond(to: request, context: context)
            guard context.endpointPath == "NotFound" else { return response }
        } catch {
            throw Problem(.internalServerError, "The page could not be made.").closing
        }
        throw nothing(request)
    }

    private func nothing(_ request: Request) -> Problem {
        Problem(.notFound, "There is nothing at this address.")
    }

    private func allow(
        _ methods: [HTTPRequest.Method], _ request: Request
    ) throws(Problem) {
        guard !methods.contains(request.method) else { return }
        let names = methods.map(\.rawValue).joined(separator: ", ")
        throw Problem(.methodNotAllowed, "This address takes \(names).").allowing(names).closing
    }

    /// A part of a path; `nil` if it is not UTF-8 in percent encoding.
    private static func decoded(_ part: Substring) -> String? {
        guard part.utf8.contains(UInt8(ascii: "%")) else { return String(part) }
        var bytes: [UInt8] = []
        var rest = part.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit),
                let value = UInt8(digits, radix: 16)
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
