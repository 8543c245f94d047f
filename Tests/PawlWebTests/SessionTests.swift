import PawlCore
import PawlEngine
import PawlTesting
import Testing

@Suite("Who may order")
struct SessionTests {
    static let channel = "/channels/acme/app/canary"

    @Test("a person logs in, orders with a reason, sees what came of it once, and logs out")
    func story() async throws {
        try await PageServer.serving(PageSituations.all) { server in
            let before = try await server.send("GET", Self.channel).text
            #expect(!before.contains("name=\"reason\""))
            #expect(
                before.contains("href=\"/login?to=%2Fchannels%2Facme%2Fapp%2Fcanary\"")
                    || before.contains("href=\"/login?to=/channels/acme/app/canary\""))

            let ada = try await server.logIn()
            let page = try await server.send("GET", Self.channel, ada.headers).text
            for order in ["promote", "rollback", "hold", "resume", "look"] {
                #expect(page.contains("action=\"\(Self.channel)/\(order)\""), "\(order)")
            }
            let commit = PageSituations.newest.hex
            let sent = try await server.send(
                "POST", "\(Self.channel)/promote", ada.headers,
                form: "token=\(ada.token)&sha=\(commit)&reason=hot+fix+%26+more")
            #expect(sent.status == 303)
            #expect(sent.headers["location"] == Self.channel)
            let override = try Override(actor: "Ada (page)", reason: "hot fix & more")
            #expect(server.orders == [.promote(.full(PageSituations.newest), override)])

            let fetched = try await server.send(
                "GET", Self.channel, ada.headers.merging(["Pawl-Live": "1"]) { $1 }
            ).text
            #expect(!fetched.contains("promoted  canary"))
            let first = try await server.send("GET", Self.channel, ada.headers).text
            #expect(first.contains("promoted  canary"))
            let second = try await server.send("GET", Self.channel, ada.headers).text
            #expect(!second.contains("promoted  canary"))

            let out = try await server.send(
                "POST", "/logout", ada.headers, form: "token=\(ada.token)")
            #expect(out.headers["set-cookie"]?.contains("Max-Age=0") == true)
            let late = try await server.send(
                "POST", "\(Self.channel)/hold", ada.headers,
                form: "token=\(ada.token)&reason=late")
            #expect(late.status == 403)
            #expect(server.orders.count == 1)
        }
    }

    @Test("each form becomes its order; without a reason or a commit nothing is carried out")
    func forms() async throws {
        try await PageServer.serving(PageSituations.all) { server in
            let ada = try await server.logIn()
            let bad = [
                "promote": "sha=&reason=x", "rollback": "sha=xyz&reason=x", "hold": "reason=+",
                "resume": "reason=",
            ]
            for (order, fields) in bad {
                let answer = try await server.send(
                    "POST", "\(Self.channel)/\(order)", ada.headers,
                    form: "token=\(ada.token)&\(fields)")
                #expect(answer.status == 303)
                let page = try await server.send("GET", Self.channel, ada.headers).text
                #expect(page.contains("Nothing was carried out."), "\(order)")
            }
            #expect(server.orders.isEmpty)
            for (order, fields) in [
                ("look", ""), ("hold", "reason=stop"), ("resume", "reason=go"),
                ("resume", "sha=1a2b3c4&reason=go"), ("rollback", "sha=1A2B3C4&reason=back"),
            ] {
                _ = try await server.send(
                    "POST", "\(Self.channel)/\(order)", ada.headers,
                    form: "token=\(ada.token)&\(fields)")
            }
            let stop = try Statement(actor: "Ada (page)", reason: "stop")
            let go = try Statement(actor: "Ada (page)", reason: "go")
            let back = try Override(actor: "Ada (page)", reason: "back")
            #expect(
                server.orders == [
                    .look, .hold(stop), .resume(nil, go), .resume(.short("1a2b3c4"), go),
                    .rollback(.short("1a2b3c4"), back),
                ])
            let unknown = try await server.send(
                "POST", "\(Self.channel)/adopt", ada.headers, form: "token=\(ada.token)&reason=x")
            #expect(unknown.status == 404)
        }
    }

    @Test("a form from elsewhere, or without the token of its session, is refused")
    func forgery() async throws {
        try await PageServer.serving(PageSituations.all) { server in
            let ada = try await server.logIn()
            let eve = try await server.logIn("Eve")
            let cookie = ["Cookie": ada.headers["Cookie"] ?? ""]
            let form = "token=\(ada.token)&reason=x"
            let host = server.address.dropFirst("http://".count)
            let refused: [([String: String], String)] = [
                (cookie, form), (["Sec-Fetch-Site": "cross-site"], form),
                (["Sec-Fetch-Site": "same-site"], form), (["Origin": "null"], form),
                (["Origin": "https://evil.example"], form),
                (["Origin": "http://\(host).evil.example"], form),
                (PageServer.ours, "reason=x"), (PageServer.ours, "token=&reason=x"),
                (PageServer.ours, "token=\(eve.token)&reason=x"),
                (PageServer.ours, "token=\(ada.token.dropLast())&reason=x"),
            ]
            for (headers, fields) in refused {
                let answer = try await server.send(
                    "POST", "\(Self.channel)/hold", headers.merging(cookie) { $1 }, form: fields)
                #expect(answer.status == 403, "\(headers) \(fields)")
            }
            let bare = try await server.send(
                "POST", "\(Self.channel)/hold", PageServer.ours, form: form)
            #expect(bare.status == 403)
            let fetched = try await server.send("GET", "\(Self.channel)/hold", ada.headers)
            #expect(fetched.status == 404 || fetched.status == 405)
            #expect(server.orders.isEmpty)
            for origin in [
                ["Origin": "http://\(host)"],
                [
                    "Origin": "https://pawl.acme.example", "X-Forwarded-Host": "pawl.acme.example",
                ],
            ] {
                let answer = try await server.send(
                    "POST", "\(Self.channel)/hold", origin.merging(cookie) { $1 }, form: form)
                #expect(answer.status == 303, "\(origin)")
            }
            #expect(server.orders.count == 2)
        }
    }

    @Test("a cookie is out of reach of scripts and other sites, new with each login, over in 12 h")
    func cookies() async throws {
        try await PageServer.serving(PageSituations.all) { server in
            let form = "name=Ada&secret=an+admin+token+of+the+tests&to=//evil.example"
            let plain = try await server.send("POST", "/login", PageServer.ours, form: form)
            #expect(plain.status == 303)
            #expect(plain.headers["location"] == "/")
            let cookie = try #require(plain.headers["set-cookie"])
            #expect(cookie.contains("; HttpOnly; SameSite=Strict"))
            #expect(!cookie.contains("Secure"))
            #expect(cookie.split(separator: ";")[0].count == "pawl-session=".count + 64)
            let proxied = try await server.send(
                "POST", "/login", PageServer.ours.merging(["X-Forwarded-Proto": "https"]) { $1 },
                form: form)
            #expect(proxied.headers["set-cookie"]?.hasPrefix("__Host-pawl-session=") == true)
            #expect(proxied.headers["set-cookie"]?.hasSuffix("; Secure") == true)

            let ada = try await server.logIn()
            // The session that a browser came with is over when it logs in again.
            _ = try await server.send("POST", "/login", ada.headers, form: form)
            let old = try await server.send("GET", "/", ada.headers).text
            #expect(!old.contains("Log out"))

            let eve = try await server.logIn("Eve")
            server.time.advance(by: .seconds(12 * 3600 - 1))
            #expect(try await server.send("GET", "/", eve.headers).text.contains("Log out"))
            server.time.advance(by: .seconds(1))
            #expect(try await !server.send("GET", "/", eve.headers).text.contains("Log out"))
            let garbage = try await server.send("GET", "/", ["Cookie": "pawl-session=;;=%00"])
            #expect(garbage.status == 200)
        }
    }

    @Test("a wrong token is refused, ten of them close the door for a minute")
    func guessing() async throws {
        try await PageServer.serving(PageSituations.all) { server in
            let right = "name=Ada&secret=an+admin+token+of+the+tests"
            for guess in 0..<10 {
                let answer = try await server.send(
                    "POST", "/login", PageServer.ours, form: "name=Eve&secret=\(guess)")
                #expect(answer.status == 403)
                #expect(answer.headers["set-cookie"] == nil)
            }
            let closed = try await server.send("POST", "/login", PageServer.ours, form: right)
            #expect(closed.status == 429)
            #expect(closed.headers["retry-after"] == "60")
            server.time.advance(by: .seconds(60))
            let open = try await server.send("POST", "/login", PageServer.ours, form: right)
            #expect(open.status == 303)
            let nobody = try await server.send(
                "POST", "/login", PageServer.ours,
                form: "name=&secret=an+admin+token+of+the+tests")
            #expect(nobody.status == 400)
            let large = try await server.send(
                "POST", "/login", PageServer.ours,
                form: "name=" + String(repeating: "a", count: 20_000))
            #expect(large.status == 400)
        }
    }

    @Test("without an admin token nobody logs in, and pages say so")
    func noToken() async throws {
        try await PageServer.serving(PageSituations.all, token: nil) { server in
            #expect(try await server.send("GET", "/login").status == 404)
            let answer = try await server.send(
                "POST", "/login", PageServer.ours, form: "name=Ada&secret=")
            #expect(answer.status == 404)
            let page = try await server.send("GET", Self.channel).text
            #expect(page.contains("started without an admin token"))
        }
    }

    @Test("a hundred may be logged in; who has been longest goes first")
    func crowd() async throws {
        try await PageServer.serving(PageSituations.all) { server in
            let first = try await server.logIn("First")
            server.time.advance(by: .seconds(1))
            let second = try await server.logIn("Second")
            for number in 2..<Limits.sessionsMax {
                server.time.advance(by: .seconds(1))
                _ = try await server.logIn("Person\(number)")
            }
            #expect(try await server.send("GET", "/", first.headers).text.contains("Log out"))
            server.time.advance(by: .seconds(1))
            _ = try await server.logIn("Last")
            #expect(try await !server.send("GET", "/", first.headers).text.contains("Log out"))
            #expect(try await server.send("GET", "/", second.headers).text.contains("Log out"))
            let late = try await server.send(
                "POST", "\(Self.channel)/hold", first.headers, form: "token=\(first.token)&reason=x"
            )
            #expect(late.status == 403)
            #expect(server.orders.isEmpty)
        }
    }

    @Test("a name is one line of so many characters, and of no control characters")
    func names() async throws {
        try await PageServer.serving(PageSituations.all) { server in
            let rest = "&secret=an+admin+token+of+the+tests"
            for name in [
                "", "+", "a%0Ab", "a%0Db", "a%07b", "a%E2%80%A8b",
                "a" + String(repeating: "%CC%81", count: 300),
                String(repeating: "a", count: Limits.personCharactersMax + 1),
            ] {
                let answer = try await server.send(
                    "POST", "/login", PageServer.ours, form: "name=\(name)\(rest)")
                #expect(answer.status == 400, "\(name)")
                #expect(answer.headers["set-cookie"] == nil)
            }
            let longest = String(repeating: "a", count: Limits.personCharactersMax)
            let answer = try await server.send(
                "POST", "/login", PageServer.ours, form: "name=\(longest)\(rest)")
            #expect(answer.status == 303)
        }
    }
}
