import PawlCore
import PawlGitHub
import PawlHTTP
import PawlLoopback
import Testing

@Suite("Over real connections", .timeLimit(.minutes(20)))
struct OverHTTPTests {
    /// Runs the body against a served GitHub, and ends server and client whatever happens.
    private func served(
        _ body: (GitHubDouble, GitHubHost) async throws -> Void
    ) async throws {
        let github = GitHubDouble(token: token)
        let server = try await github.start()
        let exchange = AsyncHTTPExchange(userAgent: "pawl-tests")
        let result: Result<Void, any Error>
        do {
            let host = GitHubHost(
                exchange: ConditionalExchange(exchange), address: try GitHubAddress(server.url),
                repository: try CodeRepository("acme/app"), token: token, userAgent: "pawl-tests")
            result = .success(try await body(github, host))
        } catch {
            result = .failure(error)
        }
        await exchange.shutdown()
        await server.stop()
        try result.get()
    }

    @Test("Every question is answered")
    func everyQuestion() async throws {
        try await served { github, host async throws in
            github.commit(sha("1"))
            github.commit(sha("2"), parents: [sha("1")])
            github.branch("release/1", at: sha("2"))
            let made = github.run("e2e.yml", at: sha("2"))
            github.job("e2e", of: made)
            github.checkRun("scan", at: sha("2"))
            github.status("scan", at: sha("2"), state: "error")
            let branch = try BranchName("release/1")

            let runs = try await host.runs(at: commit("2"))
            #expect(runs.map(\.state) == [.success])
            #expect(try await host.jobs(of: #require(runs.first)).map(\.name) == ["e2e"])
            #expect(try await host.state(of: WorkflowName("e2e.yml")) == .active)
            #expect(try await host.state(of: WorkflowName("gone.yml")) == nil)
            #expect(
                try await host.checks(named: "scan", at: commit("2")).map(\.state)
                    == [.success, .failure])
            #expect(
                try await host.log(of: branch).commits.map(\.id.short) == ["2000000", "1000000"])
            #expect(try await host.ancestry(of: commit("2"), from: commit("1")) == .ahead)
            #expect(try await host.position(of: commit("1"), on: branch) == .onBranch)
            #expect(try await host.resolve(CommitName("2000000"))?.hex == sha("2"))
            #expect(
                try await host.runs(of: WorkflowName("e2e.yml"), since: nil).map(\.state)
                    == [.success])
            #expect(try await host.changes(from: commit("1"), to: commit("2")).files == [])
            #expect(try await host.file(at: "nowhere.yml", of: commit("2")) == nil)
            #expect(github.requests.count == 15)
        }
    }

    @Test("A 304 comes over the wire, and costs nothing")
    func repeated() async throws {
        try await served { github, host async throws in
            github.answerConditionally()
            github.commit(sha("1"), files: [".github/workflows/e2e.yml": "on: push"])
            for _ in 0..<3 {
                let bytes = try await host.file(at: ".github/workflows/e2e.yml", of: commit("1"))
                #expect(bytes == Array("on: push".utf8))
            }
            #expect(github.requests.count == 3)
            #expect(github.requestsLeft == 999)
        }
    }

    @Test("Pages and a rename are followed over the wire")
    func pages() async throws {
        try await served { github, host async throws in
            for _ in 0..<150 { github.run("e2e.yml", at: sha("a")) }
            github.rename(to: "acme/application")
            #expect(try await host.runs(at: commit("a")).count == 150)
            #expect(github.requests.count == 3)
        }
    }

    @Test(
        "A broken connection is a failure of its own kind",
        arguments: [
            (GitHubFault.dropped, PortFailure.Code.unreachable),
            (
                .changed { answer in
                    var answer = answer
                    answer.ending = .dropsInBody
                    return answer
                }, .unreachable
            ),
            (.truncated, .garbled), (.html(), .garbled),
        ])
    func broken(fault: GitHubFault, code: PortFailure.Code) async throws {
        try await served { github, host async throws in
            github.run("e2e.yml", at: sha("a"))
            github.fault(fault, on: "runs")
            #expect(await failure { try await host.runs(at: commit("a")) }?.code == code)
        }
    }

    @Test("A real history can be taken over")
    func history() async throws {
        try await served { github, host async throws in
            github.setHistory(
                branch: "main",
                commits: [
                    (sha("4"), [sha("3"), sha("2")]), (sha("3"), [sha("1")]),
                    (sha("2"), [sha("1")]), (sha("1"), []),
                ])
            let log = try await host.log(of: BranchName("main"))
            #expect(log.tip?.hex == sha("4"))
            #expect(log.commits.count == 4)
            #expect(try await host.ancestry(of: commit("3"), from: commit("2")) == .diverged)
        }
    }
}
