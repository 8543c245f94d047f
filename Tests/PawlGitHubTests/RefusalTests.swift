import PawlCore
import PawlGitHub
import PawlHTTP
import PawlLoopback
import Testing

@Suite("Answers that are none")
struct RefusalTests {
    @Test("A bad token is denied with advice, and never shown")
    func badToken() async throws {
        let stage = try Stage(token: "ghp_wrong")
        let failed = await failure { try await stage.host.runs(at: commit("a")) }
        #expect(failed?.code == .denied)
        #expect(failed?.detail == "GitHub answered 401 (Bad credentials)")
        #expect(failed?.subject == "runs of a000000 in acme/app at localhost")
        #expect(failed?.advice?.contains("expired") == true)
    }

    @Test("Without a token a private repository is not there, and the advice says so")
    func noToken() async throws {
        let stage = try Stage(token: nil)
        let failed = await failure { try await stage.host.runs(at: commit("a")) }
        #expect(failed?.code == .missing)
        #expect(failed?.advice?.contains("token") == true)
        #expect(stage.github.requests.first?.header("Authorization") == nil)
        stage.github.fault(.error(401, "Requires authentication"), on: "runs")
        let asked = await failure { try await stage.host.runs(at: commit("a")) }
        #expect(asked?.advice?.contains("GITHUB_TOKEN") == true)
    }

    @Test("A token that a file ended with a newline is used without it", arguments: ["\n", "\r\n"])
    func newline(ending: String) async throws {
        let stage = try Stage(token: token + ending)
        _ = try await stage.host.runs(at: commit("a"))
        #expect(stage.github.requests[0].header("Authorization") == "Bearer \(token)")
    }

    @Test(
        "A token that could forge a header is never sent",
        arguments: ["abc\r\nX-Evil: 1", "abc def", "tökén", "a\u{0}b"])
    func forgedHeader(token: String) async throws {
        let stage = try Stage(token: token)
        let failed = await failure { try await stage.host.runs(at: commit("a")) }
        #expect(failed?.code == .denied)
        #expect(stage.lines.isEmpty)
    }

    @Test("An empty token is none", arguments: ["", " ", "\n"])
    func emptyToken(given: String) async throws {
        let stage = try Stage(GitHubDouble(), token: given)
        _ = try await stage.host.runs(at: commit("a"))
        #expect(stage.github.requests[0].header("Authorization") == nil)
    }

    @Test(
        "The header's permissions are put in words",
        arguments: [
            ("actions=read", "actions: read"),
            (
                "contents=write; contents=write,workflows=write",
                "contents: write, or contents: write and workflows: write"
            ),
            ("", "actions: read"),
        ])
    func permissions(header: String, words: String) async throws {
        let stage = try Stage()
        stage.github.fault(
            .changed { _ in
                CannedResponse.json(
                    "{\"message\":\"Resource not accessible by integration\"}", status: 403
                ).adding("X-Accepted-GitHub-Permissions", header)
            }, on: "runs")
        let failed = await failure { try await stage.host.runs(at: commit("a")) }
        #expect(failed?.code == .denied)
        #expect(failed?.detail.contains("Resource not accessible by integration") == true)
        #expect(failed?.advice == "Give the token the permission \(words).")
    }

    @Test("Single sign-on is named")
    func singleSignOn() async throws {
        let stage = try Stage()
        stage.github.fault(
            .changed { _ in
                CannedResponse.json("{\"message\":\"Resource protected by SAML\"}", status: 403)
                    .adding("X-GitHub-SSO", "required; url=https://github.com/orgs/x/sso?a=b")
            }, on: "runs")
        let failed = await failure { try await stage.host.runs(at: commit("a")) }
        #expect(failed?.advice?.contains("single sign-on") == true)
    }

    @Test(
        "A rate limit is told from a missing permission, by header or by message",
        arguments: [
            (GitHubFault.rateLimited(reset: 1_775_048_400), "2026-04-01T13:00:00Z"),
            (.rateLimited(reset: 1_775_048_400, status: 429), "2026-04-01T13:00:00Z"),
            (.secondaryLimit(retryAfter: 90), "90 s"),
            (.secondaryLimit(retryAfter: nil), "1m"),
            (.secondaryLimit(retryAfter: nil, status: 429), "1m"),
            (.error(403, "API rate limit exceeded for 192.0.2.1."), "1m"),
            (.error(403, "You have triggered an abuse detection mechanism."), "1m"),
            (.error(429, "Too Many Requests"), "1m"), (.html(429), "1m"),
            (.rateLimited(reset: .max), "1m"), (.rateLimited(reset: -1), "1m"),
        ])
    func rateLimits(fault: GitHubFault, words: String) async throws {
        let stage = try Stage()
        stage.github.fault(fault, on: "runs")
        let failed = await failure { try await stage.host.runs(at: commit("a")) }
        #expect(failed?.code == .throttled)
        #expect(failed?.advice?.contains(words) == true, "\(failed?.advice ?? "")")
    }

    @Test("The last request of the hour may still lack a permission")
    func lastRequest() async throws {
        let stage = try Stage()
        stage.github.revoke("actions")
        stage.github.fault(.changed { $0.adding("X-RateLimit-Remaining", "0") }, on: "runs")
        #expect(await failure { try await stage.host.runs(at: commit("a")) }?.code == .denied)
    }

    @Test(
        "Every answer that is not a whole JSON list is a failure and never an empty list",
        arguments: [
            (GitHubFault.html(), PortFailure.Code.garbled, "is HTML and not JSON"),
            (.answer(CannedResponse(status: 200)), .garbled, "is empty"),
            (.answer(.json(" \n")), .garbled, "is empty"),
            (.answer(CannedResponse(status: 204)), .garbled, "204 without a body"),
            (.answer(CannedResponse(status: 304)), .garbled, "304"),
            (.answer(.json("[]")), .garbled, "another kind"),
            (.answer(.json("null")), .garbled, "answer"),
            (.answer(.json("{}")), .garbled, "total_count"),
            (.answer(.json("\"ok\"")), .garbled, "another kind"),
            (.answer(.json("{\"total_count\":0")), .garbled, "not usable JSON"),
            (
                .answer(.json("{\"total_count\":0,\"workflow_runs\":null}")), .garbled,
                "workflow_runs"
            ),
            (.answer(.json("{\"message\":\"hello\"}")), .garbled, "total_count"),
            (.answer(.json("\u{FEFF}{}x")), .garbled, "answer"),
            (.truncated, .garbled, "not usable JSON"),
            (.dropped, .unreachable, "broke"), (.silent, .timedOut, "no answer"),
            (.error(400, "Version is not supported"), .garbled, "400"),
            (.error(404, "Not Found"), .missing, "404 (Not Found)"),
            (.error(410, "Gone"), .garbled, "410"),
            (.error(451, "Repository access blocked"), .garbled, "451"),
            (.error(500, "Oops"), .serverFailed, "500 (Oops)"), (.html(502), .serverFailed, "HTML"),
            (.error(503, "No server is available"), .serverFailed, "503"),
        ])
    func unusable(fault: GitHubFault, code: PortFailure.Code, words: String) async throws {
        let stage = try Stage()
        stage.github.run("e2e.yml", at: sha("a"))
        stage.github.fault(fault, on: "runs")
        let failed = await failure { try await stage.host.runs(at: commit("a")) }
        #expect(failed?.code == code)
        #expect(failed?.detail.contains(words) == true, "\(failed?.detail ?? "")")
        #expect(failed?.subject == "runs of a000000 in acme/app at localhost")
    }

    @Test(
        "Deep nesting is refused before it is decoded",
        arguments: [
            String(repeating: "[", count: 200_000),
            String(repeating: "{\"a\":", count: 200_000),
            "{\"total_count\":0,\"workflow_runs\":[],\"x\":"
                + String(repeating: "[", count: 65) + String(repeating: "]", count: 65) + "}",
        ])
    func deep(text: String) async throws {
        let stage = try Stage()
        stage.github.fault(.answer(.json(text)), on: "runs")
        let failed = await failure { try await stage.host.runs(at: commit("a")) }
        #expect(failed?.code == .garbled)
        #expect(failed?.detail.contains("nested deeper than 64") == true)
    }

    @Test("Brackets in strings are not nesting")
    func bracketsInStrings() async throws {
        let stage = try Stage()
        let title = String(repeating: "[{\\\"", count: 1000)
        stage.github.fault(
            .answer(.json("{\"total_count\":0,\"workflow_runs\":[],\"x\":\"\(title)\"}")),
            on: "runs")
        #expect(try await stage.host.runs(at: commit("a")) == [])
    }

    @Test("A large answer is read, one beyond the bound is refused")
    func large() async throws {
        let stage = try Stage()
        func padded(_ bytes: Int) -> GitHubFault {
            .answer(
                .json(
                    "{\"total_count\":0,\"workflow_runs\":[],\"x\":\""
                        + String(repeating: "x", count: bytes) + "\"}"))
        }
        stage.github.fault(padded(2_000_000), on: "runs", times: 1)
        #expect(try await stage.host.runs(at: commit("a")) == [])
        stage.github.fault(padded(Limits.hostAnswerBytesMax), on: "runs", times: 1)
        #expect(await failure { try await stage.host.runs(at: commit("a")) }?.code == .tooLarge)
    }

    @Test("A mark on the token's last letter, or a sign that joins its first, does not hide it")
    func echoWithMarks() async throws {
        let stage = try Stage()
        for text in ["\(token)\u{301}", "\u{600}\(token)", "\(token)\u{FE0F} \(token)\u{20DD}"] {
            stage.github.fault(.error(500, text), on: "runs", times: 1)
            let failed = try #require(
                await failure { try await stage.host.runs(at: commit("a")) })
            #expect(!Array(failed.detail.utf8).contains(Array(token.utf8)), "\(failed.detail)")
            #expect(Array(failed.detail.utf8).contains(Array("**".utf8)), "\(failed.detail)")
        }
    }

    @Test("What is echoed in an error has no token, no control characters and an end")
    func echo() async throws {
        let stage = try Stage()
        let long = String(repeating: "long ", count: 500)
        stage.github.fault(
            .error(500, "Bearer \(token) \(token)\n::error::\u{1B}[31m\u{202E} \(long)"), on: "runs"
        )
        stage.github.fault(
            .changed { $0.adding("X-Accepted-GitHub-Permissions", "\(token)=read\u{7}") },
            on: "nothing")
        let failed = try #require(
            await failure { try await stage.host.runs(at: commit("a")) })
        #expect(!"\(failed)".contains(token))
        #expect(!"\(failed)".contains(token.prefix(12)))
        #expect(failed.detail.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E })
        #expect(failed.detail.count <= 300)
        #expect(failed.detail.contains("long"))
    }
}
