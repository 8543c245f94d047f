package import PawlCore
package import PawlHTTP
package import PawlPorts

/// What GitHub kept of the events that it sent to an App's webhook. It tries each once; what did
/// not arrive is read here afterwards (REST, "List deliveries for an app webhook").
package struct GitHubAppDeliveries: Sendable {
    /// Own choice: payloads that are read at one start. What is older is found by the sweep.
    package static let payloadsMax = 100

    private let app: GitHubApp
    private let exchange: any Exchange
    private let address: GitHubAddress
    private let repository: CodeRepository
    private let clock: Clock
    private let userAgent: String

    /// Asked in the App's own name: an installation's token may not. `repository` is one of those
    /// that it is installed in.
    package init(
        app: GitHubApp, exchange: any Exchange, address: GitHubAddress,
        repository: CodeRepository, clock: Clock, userAgent: String
    ) {
        self.app = app
        self.exchange = exchange
        self.address = address
        self.repository = repository
        self.clock = clock
        self.userAgent = userAgent
    }

    /// Events since the moment of which no delivery was answered well, oldest first, at most
    /// `payloadsMax` of the newest. GitHub keeps them for three days.
    package func missed(since moment: Instant) async throws(PortFailure) -> [Delivery] {
        let call = question("deliveries of the GitHub App", "/app/hook/deliveries?per_page=100")
        let host = try host(for: call)
        let answer = try await host.answer(to: call, at: address.url(call.path))
        var deliveries: [Delivery] = []
        for item in missing(try document(answer, of: call, host).array ?? [], since: moment) {
            deliveries.append(try await payload(of: item))
        }
        return deliveries.reversed()
    }

    private struct Item {
        let id: Int
        let guid: String
        let event: String
        let delivered: Instant
    }

    /// The GUID names the event: it is lost only if no delivery of it was answered well.
    private func missing(_ rows: [JSONValue], since moment: Instant) -> [Item] {
        var arrived: Set<String> = []
        for row in rows {
            let status = row["status_code"]?.integer ?? 0
            if (200..<300).contains(status), let guid = row["guid"]?.string { arrived.insert(guid) }
        }
        var items: [Item] = []
        for row in rows {
            guard let id = row["id"]?.integer, let guid = row["guid"]?.string,
                let event = row["event"]?.string,
                let delivered = row["delivered_at"]?.string.flatMap({ Instant(timestamp: $0) }),
                delivered >= moment, arrived.insert(guid).inserted
            else { continue }
            items.append(Item(id: id, guid: guid, event: event, delivered: delivered))
        }
        return Array(items.prefix(Self.payloadsMax))
    }

    private func payload(of item: Item) async throws(PortFailure) -> Delivery {
        let call = question(
            "delivery \(OutsideText.line(item.guid))", "/app/hook/deliveries/\(item.id)")
        let host = try host(for: call)
        let answer = try await host.answer(to: call, at: address.url(call.path))
        guard let payload = try document(answer, of: call, host)["request"]?["payload"] else {
            throw host.failure(.garbled, call, "GitHub's answer has no payload")
        }
        return Delivery(
            id: item.guid, event: item.event, body: Array(payload.text.utf8),
            received: item.delivered)
    }

    private func question(_ what: String, _ path: String) -> Call {
        Call(what: what, path: path, permission: "the GitHub App's own key")
    }

    private func document(
        _ response: Response, of call: Call, _ host: GitHubHost
    ) throws(PortFailure) -> JSONValue {
        guard response.status == 200 else { throw host.failure(of: response, to: call) }
        do throws(JSONValue.Malformed) {
            return try JSONValue(parsing: response.body)
        } catch {
            throw host.failure(.garbled, call, "GitHub's answer is not JSON")
        }
    }

    private func host(for call: Call) throws(PortFailure) -> GitHubHost {
        guard let assertion = app.assertion(at: clock.now()) else {
            throw PortFailure(
                code: .denied, subject: call.what, detail: "the GitHub App's key could not sign")
        }
        return GitHubHost(
            exchange: exchange, address: address, repository: repository,
            credentials: GitHubCredentials(.assertion(assertion)), userAgent: userAgent)
    }
}
