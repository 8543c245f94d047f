import PawlCore
import PawlGitHub
import PawlLoopback
import Testing

@Suite("Checks and statuses of a commit")
struct ChecksTests {
    private func stage() throws -> Stage {
        let stage = try Stage()
        stage.github.commit(sha("a"))
        stage.github.branch("main", at: sha("a"))
        return stage
    }

    @Test("Check runs and statuses of the name are both read, with who reported them")
    func both() async throws {
        let stage = try stage()
        stage.github.checkRun("security/scan", at: sha("a"), app: "scanner", conclusion: "failure")
        stage.github.checkRun("other", at: sha("a"))
        stage.github.status("security/scan", at: sha("a"), state: "success")
        stage.github.status("other", at: sha("a"), state: "failure")
        let checks = try await stage.host.checks(named: "security/scan", at: commit("a"))
        #expect(checks.map(\.app) == ["scanner", nil])
        #expect(checks.map(\.state) == [.failure, .success])
        #expect(checks.map(\.name) == ["security/scan", "security/scan"])
        #expect(checks.allSatisfy { $0.at > GitHubDouble.beginning && !$0.link.isEmpty })
        #expect(
            stage.lines == [
                "GET /repos/acme/app/commits/\(sha("a"))/check-runs"
                    + "?check_name=security%2Fscan&filter=latest&per_page=100",
                "GET /repos/acme/app/commits/\(sha("a"))/status?per_page=100",
            ])
    }

    @Test("No check of the name is an empty list, whatever the combined state says")
    func none() async throws {
        let stage = try stage()
        stage.github.status("other", at: sha("a"), state: "success")
        #expect(try await stage.host.checks(named: "scan", at: commit("a")) == [])
    }

    @Test(
        "A status speaks its own four words",
        arguments: [
            ("success", RunState.success), ("failure", .failure), ("error", .failure),
            ("pending", .pending), ("expected", .unknown("expected")),
        ])
    func statusWords(word: String, state: RunState) async throws {
        let stage = try stage()
        stage.github.status("scan", at: sha("a"), state: word)
        let checks = try await stage.host.checks(named: "scan", at: commit("a"))
        #expect(checks.map(\.state) == [state])
    }

    @Test("The newest status of a context counts")
    func newestStatus() async throws {
        let stage = try stage()
        stage.github.status("scan", at: sha("a"), state: "success")
        stage.github.status("scan", at: sha("a"), state: "failure")
        let checks = try await stage.host.checks(named: "scan", at: commit("a"))
        #expect(checks.map(\.state) == [.failure])
    }

    @Test("A check run that has not begun is newer than every one that has ended")
    func queued() async throws {
        let stage = try stage()
        stage.github.checkRun("scan", at: sha("a"), app: "one")
        stage.github.checkRun("scan", at: sha("a"), app: "two", status: "queued", conclusion: nil)
        let checks = try await stage.host.checks(named: "scan", at: commit("a"))
        #expect(checks.max { $0.at < $1.at }?.state == .queued)
    }

    @Test("A check run that ended without a time cannot be placed")
    func noTime() async throws {
        let stage = try stage()
        stage.github.checkRun("scan", at: sha("a"))
        stage.github.fault(
            .changed {
                $0.replacing("\"started_at\":\"", "\"started_at\":null,\"s\":\"")
                    .replacing("\"completed_at\":\"", "\"completed_at\":null,\"c\":\"")
            }, on: "check-runs")
        #expect(
            await failure { try await stage.host.checks(named: "scan", at: commit("a")) }?.code
                == .garbled)
    }

    @Test("Check runs of another commit or name are not taken")
    func foreignRows() async throws {
        let stage = try stage()
        stage.github.checkRun("scan", at: sha("a"))
        stage.github.fault(
            .changed { $0.replacing("\"head_sha\":\"\(sha("a"))", "\"head_sha\":\"\(sha("b"))") },
            on: "check-runs", times: 1)
        #expect(try await stage.host.checks(named: "scan", at: commit("a")) == [])
        stage.github.fault(
            .changed { $0.replacing("\"name\":\"scan\"", "\"name\":\"scan 2\"") },
            on: "check-runs", times: 1)
        #expect(try await stage.host.checks(named: "scan", at: commit("a")) == [])
    }

    @Test(
        "Each of the two permissions is needed and named",
        arguments: [("checks", "checks: read"), ("statuses", "statuses: read")])
    func permissions(revoked: String, needed: String) async throws {
        let stage = try stage()
        stage.github.revoke(revoked)
        let failure = await failure {
            try await stage.host.checks(named: "scan", at: commit("a"))
        }
        #expect(failure?.code == .denied)
        #expect(failure?.advice == "Give the token the permission \(needed).")
    }

    @Test("More than a page of contexts is read whole")
    func manyStatuses() async throws {
        let stage = try stage()
        for number in 0..<150 {
            stage.github.status("ci/\(number)", at: sha("a"), state: "success")
        }
        let checks = try await stage.host.checks(named: "ci/0", at: commit("a"))
        #expect(checks.map(\.state) == [.success])
    }
}
