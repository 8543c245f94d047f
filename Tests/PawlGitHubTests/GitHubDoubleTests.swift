import PawlCore
import PawlGitHub
import PawlHTTP
import PawlLoopback
import PawlTesting
import Synchronization
import Testing

@Suite("The double answers as GitHub describes itself")
struct GitHubDoubleTests {
    private static let schema: JSONSchema? = Samples.bytes("openapi-subset.json").flatMap {
        (try? JSONValue.read($0)).map(JSONSchema.init)
    }
    private static let isAtHand = Samples.bytes("openapi-subset.json") != nil

    private func github() -> GitHubDouble {
        let github = GitHubDouble(token: token)
        github.commit(sha("1"))
        github.commit(
            sha("2"), parents: [sha("1")],
            files: ["a.swift": "a", "b.swift": "b", "d/e.swift": "e"])
        github.commit(sha("3"), parents: [sha("1")])
        github.commit(sha("6"), parents: [sha("2")], files: ["c.swift": "a", "b.swift": "B"])
        github.commit(sha("9"))
        github.branch("main", at: sha("2"))
        github.branch("side", at: sha("3"))
        github.workflow("off.yml", state: "disabled_manually")
        let run = github.run("e2e.yml", at: sha("2"), attempt: 2)
        github.run(
            "e2e.yml", at: sha("2"), status: "queued", branch: nil,
            head: .fork("mallory/app", id: 7))
        github.job("e2e", of: run)
        github.job("late", of: run, status: "queued", conclusion: nil)
        github.checkRun("scan", at: sha("2"))
        github.checkRun("slow", at: sha("2"), status: "queued", conclusion: nil)
        github.status("ci", at: sha("2"), state: "success")
        return github
    }

    private func answer(
        _ github: GitHubDouble, _ target: String, accept: String? = nil,
        authorization: String? = "Bearer \(token)"
    ) async -> CannedResponse {
        var headers = [(name: "User-Agent", value: "x"), (name: "Host", value: "localhost")]
        if let accept { headers.append((name: "Accept", value: accept)) }
        if let authorization { headers.append((name: "Authorization", value: authorization)) }
        return await github.answer(
            RecordedRequest(method: "GET", target: target, headers: headers))
    }

    @Test(
        "Every kind of answer fits GitHub's own description", .enabled(if: isAtHand),
        arguments: [
            ("/actions/runs", "/actions/runs", 200),
            ("/actions/runs/{run_id}", "/actions/runs/1003", 200),
            ("/actions/runs/{run_id}/jobs", "/actions/runs/1003/jobs", 200),
            ("/actions/workflows", "/actions/workflows", 200),
            ("/actions/workflows/{workflow_id}", "/actions/workflows/e2e.yml", 200),
            ("/commits", "/commits?sha=main", 200), ("/commits", "/commits?sha=gone", 404),
            ("/commits/{ref}", "/commits/\(sha("2"))", 200),
            ("/commits/{ref}", "/commits/\(sha("8"))", 422),
            ("/commits/{ref}/check-runs", "/commits/\(sha("2"))/check-runs", 200),
            ("/commits/{ref}/status", "/commits/\(sha("2"))/status", 200),
            ("/commits/{ref}/status", "/commits/\(sha("8"))/status", 404),
            ("/commits/{ref}/statuses", "/commits/\(sha("2"))/statuses", 200),
            ("/actions/workflows/{workflow_id}/runs", "/actions/workflows/e2e.yml/runs", 200),
            ("/contents/{path}", "/contents/d/e.swift?ref=main", 200),
            ("/contents/{path}", "/contents/d?ref=\(sha("2"))", 200),
            ("/contents/{path}", "/contents/f?ref=main", 404),
            ("/contents/{path}", "/contents/a.swift?ref=\(sha("8"))", 404),
            ("/compare/{basehead}", "/compare/\(sha("1"))...main", 200),
            ("/compare/{basehead}", "/compare/\(sha("2"))...\(sha("6"))", 200),
            ("/compare/{basehead}", "/compare/main...side", 200),
            ("/compare/{basehead}", "/compare/\(sha("8"))...side", 404),
            ("/compare/{basehead}", "/compare/\(sha("9"))...side", 404),
        ])
    func fits(path: String, target: String, status: Int) async throws {
        let schema = try #require(Self.schema)
        let answer = await answer(github(), "/repos/acme/app\(target)")
        #expect(answer.status == status)
        let described = schema.description["paths"]?["/repos/{owner}/{repo}\(path)"]?["get"]?[
            "responses"]?["\(status)"]?["content"]?["application/json"]?["schema"]
        let complaints = schema.complaints(
            about: try JSONValue.read(answer.body), under: try #require(described))
        #expect(complaints == [])
    }

    @Test("Its events fit GitHub's own description", .enabled(if: isAtHand))
    func events() throws {
        let schema = try #require(Self.schema)
        let github = github()
        let bodies = [
            ("workflow_run.completed", github.event(for: github.run("e2e.yml", at: sha("2")))),
            (
                "workflow_run.requested",
                github.event(for: github.run("e2e.yml", at: sha("2"), status: "queued"))
            ),
            (
                "workflow_run.in_progress",
                github.event(for: github.run("e2e.yml", at: sha("2"), status: "in_progress"))
            ),
            ("workflow_dispatch", github.dispatchEvent(inputs: [("sha", "x")])),
            ("workflow_dispatch", github.dispatchEvent(inputs: nil)),
        ]
        for (event, body) in bodies {
            let described = schema.description["webhooks"]?[event]?["post"]?["requestBody"]?[
                "content"]?["application/json"]?["schema"]
            let complaints = schema.complaints(
                about: try JSONValue.read(body), under: try #require(described))
            #expect(complaints == [], "\(event)")
        }
    }

    @Test("What it tells an App fits GitHub's own description", .enabled(if: isAtHand))
    func app() async throws {
        let schema = try #require(Self.schema)
        let github = GitHubDouble()
        let keys = try await AppKey.shared
        github.installApp(publicKey: keys.publicKey, now: { ManualClock.start })
        let installation = "/repos/{owner}/{repo}/installation"
        let tokens = "/app/installations/{installation_id}/access_tokens"
        let recorder = Recorder(inner: DirectExchange(github: github, origin: "http://localhost"))
        let address = try GitHubAddress("http://localhost")
        let repository = try CodeRepository("acme/app")
        let host = GitHubHost(
            exchange: recorder, address: address, repository: repository,
            credentials: .app(
                try GitHubApp(identifier: "12345", privateKey: keys.pkcs8), in: repository,
                exchange: recorder, address: address, clock: ManualClock().clock,
                userAgent: "pawl-tests"),
            userAgent: "pawl-tests")
        _ = try await host.runs(at: commit("a"))
        let answers = recorder.answers.withLock { $0 }
        #expect(answers.map(\.status) == [200, 201, 200])
        for (path, method, answer) in [
            (installation, "get", answers[0]), (tokens, "post", answers[1]),
        ] {
            let described = schema.description["paths"]?[path]?[method]?["responses"]?[
                "\(answer.status)"]?["content"]?["application/json"]?["schema"]
            let complaints = schema.complaints(
                about: try JSONValue.read(answer.body), under: try #require(described))
            #expect(complaints == [], "\(path)")
        }
    }

    private final class Recorder: Exchange {
        let inner: DirectExchange
        let answers = Mutex<[Response]>([])

        init(inner: DirectExchange) { self.inner = inner }

        func send(_ request: Request) async throws(PortFailure) -> Response {
            let answer = try await inner.send(request)
            answers.withLock { $0.append(answer) }
            return answer
        }
    }

    @Test("A mark that is shown again costs nothing and repeats nothing")
    func marks() async throws {
        let github = github()
        #expect(
            await answer(github, "/repos/acme/app/commits").headers.allSatisfy { $0.name != "ETag" }
        )
        github.answerConditionally()
        func ask(_ mark: String?) async -> CannedResponse {
            var headers = [(name: "User-Agent", value: "x"), ("Authorization", "Bearer \(token)")]
            if let mark { headers.append((name: "If-None-Match", value: mark)) }
            return await github.answer(
                RecordedRequest(
                    method: "GET", target: "/repos/acme/app/commits", headers: headers))
        }
        let first = await ask(nil)
        let mark = try #require(first.headers.first { $0.name == "ETag" }?.value)
        let left = github.requestsLeft
        let second = await ask(mark)
        #expect(second.status == 304 && second.body.isEmpty)
        #expect(github.requestsLeft == left)
        #expect(await ask("W/\"other\"").status == 200)
        #expect(github.requestsLeft == left - 1)
    }

    @Test("The checker of schemas sees what is wrong", .enabled(if: isAtHand))
    func checkerBites() async throws {
        let schema = try #require(Self.schema)
        let answer = await answer(github(), "/repos/acme/app/compare/main...side")
        let described = try #require(
            schema.description["components"]?["schemas"]?["CommitComparison"])
        for (old, new) in [
            ("\"status\":\"diverged\"", "\"status\":\"sideways\""),
            ("\"ahead_by\":1", "\"ahead_by\":\"1\""), ("\"behind_by\":1", "\"behind_by\":1.5"),
            ("\"commits\":[", "\"commits\":[3,"), ("\"merge_base_commit\":", "\"m\":"),
            ("\"author\":{\"name\"", "\"author\":{\"name\":7,\"n\""),
        ] {
            let changed = answer.replacing(old, new)
            #expect(changed.body != answer.body, "\(old)")
            let complaints = schema.complaints(
                about: try JSONValue.read(changed.body), under: described)
            #expect(!complaints.isEmpty, "\(new)")
        }
    }

    @Test("A short head_sha finds nothing, and an empty one filters nothing")
    func headSHA() async {
        let github = github()
        func count(_ query: String) async -> Bool {
            let answer = await answer(github, "/repos/acme/app/actions/runs?head_sha=\(query)")
            return String(decoding: answer.body, as: UTF8.self).hasPrefix("{\"total_count\":2,")
        }
        #expect(await count(""))
        #expect(await count(sha("2")))
        #expect(await !count("2000000"))
        #expect(await !count(sha("1")))
    }

    @Test("Who may not read is answered as GitHub answers")
    func access() async {
        let github = github()
        let target = "/repos/acme/app/actions/runs"
        #expect(await answer(github, target, authorization: "token \(token)").status == 200)
        #expect(await answer(github, target, authorization: "Bearer \(token)x").status == 401)
        #expect(await answer(github, target, authorization: token).status == 401)
        #expect(await answer(github, target, authorization: nil).status == 404)
        #expect(await answer(github, "/repos/acme/other/actions/runs").status == 404)
        #expect(await answer(github, "\(target)/").status == 404)
        github.revoke("actions")
        let denied = await answer(github, target)
        #expect(denied.status == 403)
        #expect(
            denied.headers.first { $0.name == "X-Accepted-GitHub-Permissions" }?.value
                == "actions=read")
        let nameless = await github.answer(RecordedRequest(method: "GET", target: target))
        #expect(nameless.status == 403)
    }

    @Test("A comparison shows at most 250 commits without pages, and 300 files at all")
    func compareLimits() async throws {
        let github = GitHubDouble(token: token)
        let ids = (0...260).map { sha("abc\(1000 + $0)") }
        for (place, id) in ids.enumerated() {
            github.commit(
                id, parents: place == 0 ? [] : [ids[place - 1]],
                files: ["\(place).a", "\(place).b"])
        }
        github.branch("main", at: ids.last)
        func value(_ query: String) async throws -> JSONValue {
            let target = "/repos/acme/app/compare/\(ids[0])...main\(query)"
            return try JSONValue.read(await answer(github, target).body)
        }
        let whole = try await value("")
        #expect(whole["commits"]?.elements?.count == 250)
        #expect(whole["files"]?.elements?.count == 300)
        #expect(whole["commits"]?.elements?.last?["sha"]?.text == ids.last)
        let second = try await value("?per_page=100&page=2")
        #expect(second["commits"]?.elements?.count == 100)
        #expect(second["files"] == nil)
        #expect(try await value("?per_page=1")["commits"]?.elements?.first?["sha"]?.text == ids[1])
    }

    @Test("A fault meets so many requests, and ends when it is healed")
    func faults() async {
        let github = github()
        github.fault(.error(500, "Oops"), on: "runs", times: 2)
        var statuses: [Int] = []
        for _ in 0..<3 {
            statuses.append(await answer(github, "/repos/acme/app/actions/runs").status)
        }
        #expect(statuses == [500, 500, 200])
        github.fault(.html(502), on: "acme")
        #expect(await answer(github, "/repos/acme/app/actions/runs").status == 502)
        github.heal()
        #expect(await answer(github, "/repos/acme/app/actions/runs").status == 200)
        #expect(github.requests.count == 5)
        github.forgetRequests()
        #expect(github.requests.isEmpty)
    }
}
