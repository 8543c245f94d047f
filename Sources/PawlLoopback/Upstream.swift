/// The server behind a proxy: takes a request as it came and gives its answer.
struct Upstream: Sendable {
    private let url: String
    private let rewritesRealm: Bool
    private let client = LoopbackClient()

    /// Headers that belong to one connection (RFC 9110, 7.6.1), or that each side makes anew.
    private static let ownHeaders = [
        "connection", "keep-alive", "transfer-encoding", "content-length", "te", "trailer",
        "upgrade", "proxy-connection",
    ]

    /// `url` is `http://127.0.0.1:5000`. `rewritesRealm` makes clients ask for tokens through the
    /// proxy, too.
    init(_ url: String, rewritesRealm: Bool = false) {
        self.url = url
        self.rewritesRealm = rewritesRealm
    }

    func shutdown() async { await client.shutdown() }

    func answer(to request: RecordedRequest) async -> CannedResponse {
        let headers = request.headers.filter { !Self.ownHeaders.contains($0.name.lowercased()) }
        do {
            var answer = try await client.send(
                request.method, url + Self.originForm(of: request.target), headers: headers,
                body: request.body)
            let isHead = request.method == "HEAD"
            answer.headers = answer.headers.compactMap { header in
                let name = header.name.lowercased()
                if Self.ownHeaders.contains(name), !(isHead && name == "content-length") {
                    return nil
                }
                guard rewritesRealm, name == "www-authenticate" else { return header }
                let own = "http://\(request.header("Host") ?? "")"
                return (header.name, Self.replacing(url, by: own, in: header.value))
            }
            return answer
        } catch {
            return CannedResponse(
                status: 502, contentType: "text/plain", text: "upstream: \(error)\n")
        }
    }

    /// Clients that take this for a forward proxy send the whole address (RFC 9112, 3.2.2).
    private static func originForm(of target: String) -> String {
        guard target.hasPrefix("http://") else { return target }
        return "/" + target.dropFirst(7).drop { $0 != "/" }.dropFirst()
    }

    private static func replacing(_ part: String, by other: String, in text: String) -> String {
        guard let start = text.indices.first(where: { text[$0...].hasPrefix(part) }) else {
            return text
        }
        return text[..<start] + other + text[start...].dropFirst(part.count)
    }
}
