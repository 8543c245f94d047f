import PawlCore
import PawlHTTP
import PawlLoopback
import PawlPorts
import PawlTesting
import Synchronization
import Testing

@Suite("One request over a real connection")
struct ExchangeTests {
    private func exchange(
        proxies: Proxies = .none, _ handler: @escaping LoopbackServer.Handler,
        _ body: (AsyncHTTPExchange, LoopbackServer) async throws -> Void
    ) async throws {
        let server = try await LoopbackServer.start(handler: handler)
        let exchange = AsyncHTTPExchange(userAgent: "pawl/1 (+https://x)", proxies: proxies)
        do {
            try await body(exchange, server)
        } catch {
            await exchange.shutdown()
            await server.stop()
            throw error
        }
        await exchange.shutdown()
        await server.stop()
    }

    @Test("method, headers and body arrive, status, headers and body come back")
    func whole() async throws {
        let seen = Mutex<[RecordedRequest]>([])
        try await exchange({ request in
            seen.withLock { $0.append(request) }
            return CannedResponse(
                status: 201, headers: [("X-A", "1"), ("X-A", "2")], body: [1, 2])
        }) { exchange, server in
            let response = try await exchange.send(
                Request(
                    .put, "\(server.url)/a%2Fb?c=d", headers: [("X-B", "3")], body: [4, 5],
                    answerBytesMax: 2))
            #expect(response.status == 201)
            #expect(response.all("x-a") == ["1", "2"])
            #expect(response.body == [1, 2])
            let request = try #require(seen.withLock { $0.first })
            #expect(request.line == "PUT /a%2Fb?c=d")
            #expect(request.body == [4, 5])
            #expect(request.header("x-b") == "3")
            #expect(request.header("User-Agent") == "pawl/1 (+https://x)")
            #expect(request.header("Accept-Encoding") == "identity")
        }
    }

    @Test("an answer beyond its bound is refused, announced or not")
    func bound() async throws {
        try await exchange({ _ in CannedResponse(status: 200, body: [1, 2, 3]) }) {
            exchange, server in
            let refusal = await failure { () throws(PortFailure) in
                _ = try await exchange.send(Request(.get, server.url, answerBytesMax: 2))
            }
            #expect(refusal?.code == .tooLarge)
            #expect(refusal?.subject == "127.0.0.1:\(server.port)")
            let head = try await exchange.send(Request(.head, server.url, answerBytesMax: 2))
            #expect(head.header("Content-Length") == "3")
            #expect(head.body == [])
        }
    }

    @Test("a redirect is an answer like any other")
    func redirect() async throws {
        try await exchange({ _ in CannedResponse(status: 302, headers: [("Location", "/x")]) }) {
            exchange, server in
            let response = try await exchange.send(Request(.get, server.url, answerBytesMax: 9))
            #expect(response.status == 302)
        }
    }

    @Test("connections that are refused or closed are unreachable")
    func unreachable() async throws {
        try await exchange({ _ in CannedResponse(status: 200, ending: .dropsBeforeAnswer) }) {
            exchange, server in
            let closed = await failure { () throws(PortFailure) in
                _ = try await exchange.send(Request(.get, server.url, answerBytesMax: 9))
            }
            #expect(closed?.code == .unreachable)
            #expect(closed?.detail == "the connection was closed before the answer")
            await server.stop()
            let refused = await failure { () throws(PortFailure) in
                _ = try await exchange.send(Request(.get, server.url, answerBytesMax: 9))
            }
            #expect(refused?.code == .unreachable)
            #expect(refused?.detail == "the connection was refused")
        }
    }

    @Test("a server without TLS and a name without an address are told from a refusal")
    func unconnected() async throws {
        try await exchange({ _ in CannedResponse(status: 200) }) { exchange, server in
            let port = server.url.split(separator: ":").last ?? ""
            for (url, words, advice) in [
                ("https://127.0.0.1:\(port)/", "no TLS connection", "insecure: true"),
                ("http://nowhere.invalid/", "its name could not be resolved", "resolver"),
            ] {
                let answer = await failure { () throws(PortFailure) in
                    _ = try await exchange.send(Request(.get, url, answerBytesMax: 9))
                }
                #expect(answer?.code == .unreachable)
                #expect(answer?.detail.hasPrefix(words) == true, "\(answer?.detail ?? "")")
                #expect(answer?.advice?.split(separator: advice).count ?? 0 > 1)
            }
        }
    }

    @Test("a kept connection that the server has closed is replaced without a word")
    func stale() async throws {
        try await exchange({ _ in
            CannedResponse(status: 200, body: [1], ending: .closesAfterwards)
        }) { exchange, server in
            let clock = ManualClock()
            let retrying = RetryingExchange(exchange, clock: clock.clock, jitter: { 0 })
            for _ in 1...20 {
                let response = try await retrying.send(
                    Request(.get, server.url, answerBytesMax: 9))
                #expect(response.status == 200)
            }
        }
    }

    @Test("a proxy is asked for a way to the host; this machine is reached without it")
    func proxy() async throws {
        let seen = Mutex<[String]>([])
        let proxy = try await LoopbackServer.start { request in
            seen.withLock { $0.append(request.line) }
            return CannedResponse(status: 403)
        }
        let proxies = Proxies(environment: ["HTTP_PROXY": proxy.url])
        try await exchange(proxies: proxies, { _ in CannedResponse(status: 200, body: [1]) }) {
            exchange, server in
            let far = await failure { () throws(PortFailure) in
                _ = try await exchange.send(
                    Request(.get, "http://registry.example/v2/", answerBytesMax: 9))
            }
            #expect(far?.code == .unreachable)
            let near = try await exchange.send(Request(.get, server.url, answerBytesMax: 9))
            #expect(near.body == [1])
        }
        await proxy.stop()
        #expect(seen.withLock { $0 } == ["CONNECT registry.example:80"])
    }

    @Test(
        "exceptions from the proxy are hosts, domains and ports",
        arguments: [
            ("ghcr.io", "https://ghcr.io/x", true), ("ghcr.io", "https://pkg.ghcr.io/", true),
            (".ghcr.io", "https://ghcr.io/", true), ("*.ghcr.io", "https://a.ghcr.io/", true),
            ("hcr.io", "https://ghcr.io/", false), ("*", "https://ghcr.io/", true),
            ("ghcr.io:443", "https://ghcr.io/", true), ("ghcr.io:80", "https://ghcr.io/", false),
            ("a, ghcr.io", "https://ghcr.io/", true), ("", "https://localhost:1/", true),
            ("", "https://127.0.0.1/", true), ("", "https://ghcr.io/", false),
        ])
    func exceptions(list: String, url: String, isDirect: Bool) throws {
        let proxies = Proxies(
            environment: ["https_proxy": "http://u:p@proxy.example:3128", "NO_PROXY": list])
        let proxy = proxies.proxy(for: try #require(Address(url)))
        #expect((proxy == nil) == isDirect)
        if let proxy {
            #expect(proxy.host == "proxy.example")
            #expect(proxy.port == 3128)
        }
    }

    @Test(
        "addresses are taken apart, and what is not one is refused",
        arguments: [
            ("https://GHCR.io/Token?a=b", "https://ghcr.io/Token?a=b"),
            ("http://[::1]:5000/x", "http://[::1]:5000/x"), ("https://a:443", "https://a/"),
            ("https://a?x", "https://a/?x"), ("https://u:p@a/x", "https://a/x"),
            ("https://a/x#f", "https://a/x"), ("https://a:b@c@d/x", "https://d/x"),
            ("ftp://a/", nil), ("//a/", nil), ("/a", nil), ("https://", nil),
            ("https://a:0/", nil), ("https://a:65536/", nil), ("https://a:1x/", nil),
            ("https://a b/", nil), ("https://a\\@b/", nil), ("", nil), ("https:/a", nil),
            ("https://a_b.c./x", "https://a_b.c./x"), ("http://127.0.0.1/", "http://127.0.0.1/"),
            ("http://[::ffff:1.2.3.4]/", "http://[::ffff:1.2.3.4]/"), ("https://[/", nil),
            ("http://m1]:443/", nil), ("https://\"/", nil), ("https://%host/", nil),
            ("https://a%2Fb/", nil), ("https://[a]/", nil), ("https://[::1%25eth0]/", nil),
            ("https://a..b/", nil), ("https://./", nil), ("https://a,b/", nil),
        ])
    func addresses(text: String, expected: String?) {
        #expect(Address(text)?.description == expected)
    }

    @Test(
        "secrets are cut out of outside text",
        arguments: [
            ("a access_token=s3cr3t&b", "a access_token=***&b"),
            (#"{"token":"s3cr3t"}"#, #"{"token":"***"}"#),
            (#"{"password" : "s3cr3t"}"#, #"{"password" : "***"}"#),
            ("Bearer s3cr3ts3cr3ts3cr3t", "Bearer ***"), ("basic auth failed", "basic auth failed"),
            ("token:x\u{600} Bearer s3cr3ts3cr3ts3cr3t", "token:*** Bearer ***"),
            ("token expired", "token expired"), ("X-Amz-Signature=abc", "X-Amz-Signature=***"),
            ("a\r\n\u{1B}[31mb\u{202E}c", "a [31mb c"), ("", ""),
        ])
    func outsideText(text: String, expected: String) {
        #expect(OutsideText.line(text) == expected)
    }

    @Test("a secret is taken out wherever its bytes stand, whatever characters they are part of")
    func withoutSecret() {
        for (text, expected) in [
            ("a s3cret b", "a *** b"), ("s3cret\u{301}s3cret", "***\u{301}***"),
            ("\u{600}s3cret", "\u{600}***"), ("ss3cret s3cre", "s*** s3cre"), ("", ""),
        ] {
            let shown = OutsideText.without("s3cret", in: text)
            #expect(shown.utf8.elementsEqual(expected.utf8), "\(shown)")
        }
        #expect(OutsideText.without("", in: "text") == "text")
    }

    @Test("base64 goes both ways")
    func encoding() {
        for (text, encoded) in [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ] {
            #expect(base64(Array(text.utf8)) == encoded)
            #expect(bytes(base64: encoded) == Array(text.utf8))
        }
        for wrong in ["A", "A=A=", "====", "Zm9v!", "Zg==="] {
            #expect(bytes(base64: wrong) == nil)
        }
    }
}
