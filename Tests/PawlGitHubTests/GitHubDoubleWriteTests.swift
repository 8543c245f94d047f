import PawlCore
import PawlGitHub
import PawlHTTP
import PawlLoopback
import PawlPorts
import PawlTesting
import Synchronization
import Testing

@Suite("What is written to the double, and what it answers, is as GitHub describes itself")
struct GitHubDoubleWriteTests {
    private static let schema: JSONSchema? = Samples.bytes("openapi-subset.json").flatMap {
        (try? JSONValue.read($0)).map(JSONSchema.init)
    }
    private static let isAtHand = Samples.bytes("openapi-subset.json") != nil

    /// Everything that went to and fro.
    private final class Recorder: Exchange {
        let inner: DirectExchange
        let all = Mutex<[(request: Request, answer: Response)]>([])

        init(inner: DirectExchange) { self.inner = inner }

        func send(_ request: Request) async throws(PortFailure) -> Response {
            let answer = try await inner.send(request)
            all.withLock { $0.append((request, answer)) }
            return answer
        }
    }

    /// The path of the description that an address is of.
    private func described(_ url: String) -> String {
        var words = (Address(url)?.path ?? "").split(separator: "/").dropFirst(3).map(String.init)
        switch words.first {
        case "git" where ["ref", "refs", "matching-refs"].contains(words[1]) && words.count > 2:
            words = Array(words.prefix(2)) + ["{ref}"]
        case "git" where words[1] == "commits" && words.count > 2: words[2] = "{commit_sha}"
        case "actions" where words.count > 2: words[2] = "{workflow_id}"
        case "statuses": words[1] = "{sha}"
        default: break
        }
        return "/repos/{owner}/{repo}/" + words.joined(separator: "/")
    }

    @Test(
        "Every request and every answer of a ledger, a dispatch and a status fits",
        .enabled(if: isAtHand))
    func fits() async throws {
        let schema = try #require(Self.schema)
        let github = GitHubDouble(token: token)
        github.commit(sha("1"))
        github.branch("main", at: sha("1"))
        github.dispatchable("deploy.yml", inputs: ["sha"])
        let recorder = Recorder(inner: DirectExchange(github: github, origin: "http://localhost"))
        let host = try Stage(github).host { _ in recorder }
        let clock = ManualClock()
        let ledger = GitHubLedger(host: host, clock: clock.clock)
        #expect(await LedgerContract(ledger).breaches() == [])
        try await host.set(
            CommitStatus(context: "pawl/latest", state: .success, description: "Fine."),
            on: commit("1"))
        _ = try await host.dispatch(
            WorkflowName("deploy.yml"), on: try BranchName("main"),
            inputs: [(name: "sha", value: "1")], mark: "e1", since: clock.now,
            clock: clock.clock)

        var seen: Set<String> = []
        for (request, answer) in recorder.all.withLock({ $0 }) {
            let path = described(request.url)
            let method = request.method.rawValue
            seen.insert("\(method) \(path.dropFirst(21)) \(answer.status)")
            let operation = try #require(
                schema.description["paths"]?[path]?[method], "\(method) \(path)")
            if !request.body.isEmpty {
                let body = operation["requestBody"]?["content"]?["application/json"]?["schema"]
                let complaints = schema.complaints(
                    about: try JSONValue.read(request.body), under: try #require(body))
                #expect(complaints == [], "\(method) \(path)")
            }
            let content = operation["responses"]?["\(answer.status)"]?["content"]
            let body = try #require(
                content?["application/json"]?["schema"], "\(method) \(path) \(answer.status)")
            let complaints = schema.complaints(
                about: try JSONValue.read(answer.body), under: body)
            #expect(complaints == [], "\(method) \(path) \(answer.status)")
        }
        #expect(
            seen.sorted() == [
                "get /actions/workflows/{workflow_id}/runs 200", "get /commits 200",
                "get /git/commits/{commit_sha} 200", "get /git/matching-refs/{ref} 200",
                "get /git/ref/{ref} 200", "get /git/ref/{ref} 404",
                "patch /git/refs/{ref} 200", "patch /git/refs/{ref} 422",
                "post /actions/workflows/{workflow_id}/dispatches 200", "post /git/commits 201",
                "post /git/refs 201", "post /git/refs 422", "post /git/trees 201",
                "post /statuses/{sha} 201",
            ])
    }

    private func answer(
        _ github: GitHubDouble, _ method: String, _ path: String, _ body: String = ""
    ) async -> (status: Int, message: String?) {
        let answer = await github.answer(
            RecordedRequest(
                method: method, target: "/repos/acme/app\(path)",
                headers: [("User-Agent", "x"), ("Authorization", "Bearer \(token)")],
                body: Array(body.utf8)))
        return (answer.status, (try? JSONValue.read(answer.body))?["message"]?.text)
    }

    @Test("A ref moves forward only, unless it is forced; and only to what is there")
    func fastForward() async throws {
        let github = GitHubDouble(token: token)
        for (id, parents) in [("1", []), ("2", ["1"]), ("3", ["2"]), ("4", ["2"])] {
            github.commit(sha(id), parents: parents.map(sha))
        }
        github.branch("main", at: sha("1"))
        func move(_ id: String, force: Bool = false) async -> String? {
            await answer(
                github, "PATCH", "/git/refs/x/y", "{\"sha\":\"\(sha(id))\",\"force\":\(force)}"
            ).message
        }
        #expect(await move("2") == "Reference does not exist")
        github.ref("refs/x/y", at: sha("2"))
        #expect(await move("3") == nil)
        #expect(await move("3") == nil)
        for id in ["2", "1", "4"] { #expect(await move(id) == "Update is not a fast forward") }
        #expect(await move("9") == "Object does not exist")
        #expect(github.ref("refs/x/y") == sha("3"))
        #expect(await move("4", force: true) == nil)
        #expect(github.ref("refs/x/y") == sha("4"))
        #expect(await answer(github, "DELETE", "/git/refs/x/y").status == 204)
        #expect(await answer(github, "GET", "/git/ref/x/y").status == 404)
    }

    @Test("A ref has two slashes, is made once, and points to what is there")
    func creation() async throws {
        let github = GitHubDouble(token: token)
        github.commit(sha("1"))
        github.branch("main", at: sha("1"))
        func make(_ name: String, at id: String = "1") async -> String? {
            await answer(
                github, "POST", "/git/refs", "{\"ref\":\"\(name)\",\"sha\":\"\(sha(id))\"}"
            ).message
        }
        #expect(await make("refs/x/y", at: "9") == "Object does not exist")
        #expect(await make("refs/x/y") == nil)
        #expect(await make("refs/x/y") == "Reference already exists")
        for name in ["x/y", "refs/x", "main"] { #expect(await make(name) != nil, "\(name)") }
        #expect(await make("refs/heads/side") == nil)
        #expect(github.ref("refs/heads/side") == sha("1"))
    }

    @Test("A tree has the id that git gives it; the empty one, and a strange one, are refused")
    func trees() async throws {
        let github = GitHubDouble(token: token)
        github.commit(sha("1"))
        github.branch("main", at: sha("1"))
        let body =
            "{\"tree\":[{\"path\":\"a\",\"mode\":\"100644\",\"type\":\"blob\","
            + "\"content\":\"hello\\n\"}]}"
        // `printf 'hello\n' >a; git add a; git write-tree`
        let tree = "0976950c1fdbcb52435a433913017bf044b3a58f"
        func commit(_ tree: String, _ parents: String = "") async -> String? {
            await answer(
                github, "POST", "/git/commits",
                "{\"message\":\"m\",\"tree\":\"\(tree)\",\"parents\":[\(parents)]}"
            ).message
        }
        #expect(await commit(tree) == "Tree SHA does not exist")
        #expect(await answer(github, "POST", "/git/trees", body).status == 201)
        #expect(await commit(tree) == "m")
        #expect(await commit(tree, "\"\(sha("1"))\"") == "m")
        #expect(await commit(tree, "\"\(sha("9"))\"") != "m")
        #expect(await commit("4b825dc642cb6eb9a060e54bf8d69288fbee4904") != "m")
        #expect(await answer(github, "POST", "/git/trees", "{\"tree\":[]}").status == 422)
        let workflow = body.replacing("\"a\"", with: "\".github/workflows/x.yml\"")
        #expect(await answer(github, "POST", "/git/trees", workflow).status == 403)
    }

    @Test(
        "A fault that stands for the answer keeps a write from being done; a lost answer does not")
    func faults() async throws {
        let github = GitHubDouble(token: token)
        github.commit(sha("1"))
        github.branch("main", at: sha("1"))
        let body = "{\"ref\":\"refs/x/y\",\"sha\":\"\(sha("1"))\"}"
        github.fault(.error(500, "Oops"), on: "/git/refs", times: 1)
        #expect(await answer(github, "POST", "/git/refs", body).status == 500)
        #expect(github.ref("refs/x/y") == nil)
        github.fault(.changed { _ in CannedResponse(status: 502) }, on: "/git/refs", times: 1)
        #expect(await answer(github, "POST", "/git/refs", body).status == 502)
        #expect(github.ref("refs/x/y") == sha("1"))
    }

    @Test("What nobody writes is not there, and a token that may not read may not write")
    func refusals() async throws {
        let github = GitHubDouble(token: token)
        github.commit(sha("1"))
        github.branch("main", at: sha("1"))
        for (method, path) in [
            ("POST", "/actions/runs"), ("PUT", "/statuses/\(sha("1"))"), ("POST", "/git/blobs"),
            ("DELETE", "/git/commits/\(sha("1"))"), ("POST", "/commits"),
        ] {
            #expect(await answer(github, method, path, "{}").status == 404, "\(method) \(path)")
        }
        #expect(await answer(github, "POST", "/git/refs", "nonsense").status == 400)
        github.revoke("contents")
        #expect(await answer(github, "POST", "/git/refs", "{}").status == 403)
    }
}
