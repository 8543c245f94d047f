import HTTPTypes
import Hummingbird
import NIOCore
import PawlCore
import PawlPorts
import PawlServer

/// Takes GitHub's events: verified, kept durably, then acknowledged. GitHub sends each once, so
/// nothing is acknowledged that is not on the disk. A refusal costs neither disk nor log line.
struct Intake: Sendable {
    private static let signature = HTTPField.Name("X-Hub-Signature-256")
    private static let delivery = HTTPField.Name("X-GitHub-Delivery")
    private static let event = HTTPField.Name("X-GitHub-Event")

    /// `nil`: none were given, and nothing can be verified.
    let secrets: WebhookSecrets?
    let deliveries: any Deliveries
    let clock: PawlPorts.Clock
    let tally: Tally
    /// Called after something was kept.
    let read: @Sendable () -> Void
    let budget = BodyBudget()

    func answer(to request: Request) async throws(Problem) -> Response {
        do throws(Problem) {
            let (delivery, kept) = try await take(request)
            count(kept == .known ? "known" : "kept")
            return .json(
                .object([
                    "delivery": .string(delivery.id), "known": .bool(kept == .known),
                ]), status: .accepted)
        } catch {
            count("\(error.status.code)")
            throw error
        }
    }

    private func count(_ answer: String) {
        tally.add(to: Tally.Series("pawl_webhooks_total", [Tally.Label("answer", answer)]))
    }

    private func take(_ request: Request) async throws(Problem) -> (Delivery, Kept) {
        guard let secrets else {
            throw Problem(
                .serviceUnavailable,
                "This server has no webhook secret: set PAWL_WEBHOOK_SECRETS. It finds everything "
                    + "by its sweep meanwhile."
            ).closing
        }
        guard let header = only(Self.signature, in: request),
            let code = WebhookSecrets.code(of: header)
        else { throw unsigned(request) }
        let share = BodyBudget.Share(budget)
        let body = try await Body.read(request, bytesMax: Limits.eventBytesMax, from: share)
        guard secrets.sign(body, as: code) else { throw unsigned(request) }
        let delivery = try delivery(request, body)
        let kept = try await keep(delivery)
        withExtendedLifetime(share) {}
        return (delivery, kept)
    }

    private func unsigned(_ request: Request) -> Problem {
        let problem = Problem(
            .unauthorized,
            "X-Hub-Signature-256 is not the signature of this body by a secret of this server.")
        // Worth reading to its end, so that the connection can go on, only while it is short.
        let length = request.headers[.contentLength].flatMap { Int($0) }
        return length.map { $0 <= Limits.errorBytesMax } ?? false ? problem : problem.closing
    }

    private func delivery(
        _ request: Request, _ body: [UInt8]
    ) throws(Problem) -> Delivery {
        if let coding = request.headers[.contentEncoding], coding != "identity" {
            throw Problem(.unsupportedMediaType, "The body is compressed; send it as it is.")
        }
        if request.headers[.contentType]?.hasPrefix("application/x-www-form-urlencoded") == true {
            throw Problem(
                .unsupportedMediaType,
                "The body is a form: set the webhook's content type to application/json.")
        }
        guard let id = word(Self.delivery, in: request) else {
            throw Problem(.badRequest, "X-GitHub-Delivery is missing or no id.")
        }
        guard let event = word(Self.event, in: request) else {
            throw Problem(.badRequest, "X-GitHub-Event is missing or no name.")
        }
        guard JSONShape.isObject(body) else {
            throw Problem(.badRequest, "The body is not a JSON object.")
        }
        return Delivery(id: id, event: event, body: body, received: clock.now())
    }

    private func keep(_ delivery: Delivery) async throws(Problem) -> Kept {
        do throws(PortFailure) {
            let kept = try await deliveries.keep(delivery)
            if kept != .known { read() }
            return kept
        } catch {
            let seconds = error.code == .throttled ? 1 : 30
            throw Problem(
                .serviceUnavailable, "The delivery could not be stored, and was not."
            ).retrying(after: seconds)
        }
    }

    /// A header field that is there once.
    private func only(_ name: HTTPField.Name?, in request: Request) -> String? {
        guard let name else { return nil }
        let values = request.headers[values: name]
        return values.count == 1 ? values[0] : nil
    }

    /// A header field that is one word of visible ASCII.
    private func word(_ name: HTTPField.Name?, in request: Request) -> String? {
        guard let text = only(name, in: request), !text.isEmpty,
            text.utf8.count <= Limits.deliveryWordCharactersMax,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return text
    }
}

/// Reads bodies within a bound.
enum Body {
    static func read(
        _ request: Request, bytesMax: Int, from share: BodyBudget.Share
    ) async throws(Problem) -> [UInt8] {
        let tooLarge = Problem(.contentTooLarge, "The body has more than \(bytesMax) bytes.")
            .closing
        let length = request.headers[.contentLength].flatMap { Int($0) }
        if let length, length > bytesMax { throw tooLarge }
        var bytes: [UInt8] = []
        // Nothing is reserved for what was announced and may never come.
        do {
            for try await part in request.body {
                guard bytes.count + part.readableBytes <= bytesMax else { throw tooLarge }
                guard share.take(part.readableBytes) else {
                    throw Problem(.serviceUnavailable, "Too many bodies are on their way.")
                        .retrying(after: 1).closing
                }
                bytes.append(contentsOf: part.readableBytesView)
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.badRequest, "The body did not arrive whole.").closing
        }
        if let length, bytes.count != length {
            throw Problem(.badRequest, "The body did not arrive whole.").closing
        }
        return bytes
    }
}
