package import PawlCore
package import PawlHTTP
package import PawlPorts

/// What GitHub kept of the events that it sent to an App's webhook. It tries each once; what did
/// not arrive is read here afterwards (REST, "List deliveries for an app webhook").
package struct GitHubAppDeliveries: Sendable {
    /// Own choice: payloads that are read at one start. What is older is found by the sweep.
    package static let payloadsMax = 100

    private let requests: AppRequests

    /// Asked in the App's own name: an installation's token may not. `repository` is one of those
    /// that it is installed in.
    package init(
        app: GitHubApp, exchange: any Exchange, address: GitHubAddress,
        repository: CodeRepository, clock: Clock, userAgent: String
    ) {
        requests = AppRequests(
            app: app, exchange: exchange, address: address, repository: repository, clock: clock,
            userAgent: userAgent)
    }

    /// Events since the moment of which no delivery was answered well, oldest first, at most
    /// `payloadsMax` of the newest. GitHub keeps them for three days.
    package func missed(since moment: Instant) async throws(PortFailure) -> [Delivery] {
        let call = question("deliveries of the GitHub App", "/app/hook/deliveries?per_page=100")
        let (document, host) = try await document(of: call)
        // What cannot be understood may be a delivery that was missed: it is no empty list.
        guard let rows = document.array else {
            throw host.failure(.garbled, call, "GitHub's answer is no list")
        }
        var items: [Item] = []
        for row in rows {
            guard let item = Item(row) else {
                throw host.failure(
                    .garbled, call, "GitHub's answer has a delivery that is not whole")
            }
            items.append(item)
        }
        var deliveries: [Delivery] = []
        for item in Self.missing(items, since: moment) {
            deliveries.append(try await payload(of: item))
        }
        return deliveries.reversed()
    }

    private struct Item {
        let id: Int
        let guid: String
        let event: String
        let delivered: Instant
        /// 0 where nobody answered.
        let status: Int

        /// `nil` if something is missing in the row.
        init?(_ row: JSONValue) {
            guard let id = row["id"]?.integer, let guid = row["guid"]?.string, !guid.isEmpty,
                let event = row["event"]?.string, let status = row["status_code"]?.integer,
                let delivered = row["delivered_at"]?.string.flatMap({ Instant(timestamp: $0) })
            else { return nil }
            (self.id, self.guid, self.event) = (id, guid, event)
            (self.delivered, self.status) = (delivered, status)
        }
    }

    /// The GUID names the event: it is lost only if no delivery of it was answered well.
    private static func missing(_ items: [Item], since moment: Instant) -> [Item] {
        var arrived = Set(items.filter { (200..<300).contains($0.status) }.map(\.guid))
        return Array(
            items.filter { $0.delivered >= moment && arrived.insert($0.guid).inserted }
                .prefix(payloadsMax))
    }

    private func payload(of item: Item) async throws(PortFailure) -> Delivery {
        let call = question(
            "delivery \(OutsideText.line(item.guid))", "/app/hook/deliveries/\(item.id)")
        let (document, host) = try await document(of: call)
        guard let payload = document["request"]?["payload"], payload.object != nil else {
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
        of call: Call
    ) async throws(PortFailure) -> (JSONValue, GitHubHost) {
        let (response, host) = try await requests.answer(to: call, at: call.path)
        guard response.status == 200 else { throw host.failure(of: response, to: call) }
        do throws(JSONValue.Malformed) {
            return (try JSONValue(parsing: response.body), host)
        } catch {
            throw host.failure(.garbled, call, "GitHub's answer is not JSON")
        }
    }
}
