import PawlCore
import PawlGitHub
import PawlLoopback
import Testing

/// A minute after the beginning of time, and so on.
private func minute(_ number: Int64) -> Instant {
    GitHubDouble.beginning + .seconds(60 * number)
}

private let workflow = WorkflowName("e2e.yml")

@Suite("All runs of a workflow")
struct WorkflowRunsTests {
    @Test("Every row is kept, whatever branch, event or repository; other workflows' are not there")
    func rows() async throws {
        let stage = try Stage()
        stage.github.run("e2e.yml", at: sha("1"), conclusion: "failure", event: "schedule")
        stage.github.run("e2e.yml", at: sha("2"), branch: "side")
        stage.github.run("e2e.yml", at: sha("3"), attempt: 4, head: .fork("mallory/app", id: 7))
        stage.github.run("lint.yml", at: sha("3"))
        let runs = try await stage.host.runs(of: workflow, since: nil)
        #expect(runs.map(\.commit.short) == ["3000000", "2000000", "1000000"])
        #expect(runs.map(\.isOwn) == [false, true, true])
        #expect(runs.map(\.state) == [.success, .success, .failure])
        #expect(runs.first?.attempt == 4)
        #expect(
            stage.lines == [
                "GET /repos/acme/app/actions/workflows/e2e.yml/runs?exclude_pull_requests=true"
                    + "&per_page=100"
            ])
    }

    @Test("Only what is new enough is given, and no page beyond it is read")
    func since() async throws {
        let stage = try Stage()
        for number in 1...250 {
            stage.github.run("e2e.yml", at: sha("a"), createdAt: minute(Int64(number)))
        }
        let runs = try await stage.host.runs(of: workflow, since: minute(200))
        #expect(runs.count == 51)
        #expect(runs.last?.createdAt == minute(200))
        #expect(stage.lines.count == 1)
        // The oldest of the second page is still of that moment: the third could hold another.
        #expect(try await stage.host.runs(of: workflow, since: minute(51)).count == 200)
        #expect(stage.lines.count == 4)
        #expect(try await stage.host.runs(of: workflow, since: nil).count == 250)
        #expect(stage.lines.count == 7)
    }

    @Test("A moment by a clock that is an hour ahead only makes the list shorter at its old end")
    func skew() async throws {
        let stage = try Stage()
        for number in 1...120 {
            stage.github.run("e2e.yml", at: sha("a"), createdAt: minute(Int64(number)))
        }
        let exact = try await stage.host.runs(of: workflow, since: minute(30))
        let ahead = try await stage.host.runs(of: workflow, since: minute(90))
        #expect(exact.prefix(ahead.count) == ahead[...])
        #expect(try await stage.host.runs(of: workflow, since: minute(500)) == [])
    }

    @Test("Where the list is not newest first, it is read to its end")
    func disorder() async throws {
        let stage = try Stage()
        for number in 1...250 {
            stage.github.run("e2e.yml", at: sha("a"), createdAt: minute(Int64(number)))
        }
        // One row of the first page claims to be newer than all before it, and the oldest run of
        // all, on the last page, to be of now.
        stage.github.fault(
            .changed {
                $0.replacing(
                    "\"created_at\":\"\(minute(200).timestamp)\"",
                    "\"created_at\":\"\(minute(900).timestamp)\"")
            }, on: "runs", times: 1)
        let runs = try await stage.host.runs(of: workflow, since: minute(240))
        #expect(stage.lines.count == 3)
        #expect(runs.count == 12)
    }

    @Test("A new run on a late page is found where the order broke before it")
    func lateRow() async throws {
        let stage = try Stage()
        for number in 1...150 {
            stage.github.run("e2e.yml", at: sha("a"), createdAt: minute(Int64(number)))
        }
        let swap = { @Sendable (answer: CannedResponse) in
            answer.replacing("created_at\":\"\(minute(60).timestamp)", "created_at\":\"swap")
                .replacing(
                    "created_at\":\"\(minute(1).timestamp)",
                    "created_at\":\"\(minute(800).timestamp)"
                )
                .replacing("created_at\":\"swap", "created_at\":\"\(minute(700).timestamp)")
        }
        stage.github.fault(.changed(swap), on: "runs")
        let runs = try await stage.host.runs(of: workflow, since: minute(600))
        #expect(runs.map(\.createdAt) == [minute(700), minute(800)])
    }

    @Test("Pages that repeat are not taken for the end of the list")
    func repeated() async throws {
        let stage = try Stage()
        for number in 1...250 {
            stage.github.run("e2e.yml", at: sha("a"), createdAt: minute(Int64(number)))
        }
        let first = await stage.github.answer(
            RecordedRequest(
                method: "GET",
                target: "/repos/acme/app/actions/workflows/e2e.yml/runs?per_page=100",
                headers: [("User-Agent", "x"), ("Authorization", "Bearer \(token)")]))
        stage.github.fault(
            .changed { answer in
                var repeated = answer
                repeated.body = first.body
                return repeated
            }, on: "page=")
        for moment in [minute(120), minute(1), nil] {
            let failed = await failure {
                try await stage.host.runs(of: workflow, since: moment)
            }
            #expect(failed?.code == .garbled)
            #expect(failed?.detail.contains("100 of 250 rows") == true)
        }
        // What the first page alone answers is not touched by it.
        #expect(try await stage.host.runs(of: workflow, since: minute(200)).count == 51)
    }

    @Test("A list that leads in a circle is garbled")
    func circle() async throws {
        let stage = try Stage()
        for _ in 1...101 { stage.github.run("e2e.yml", at: sha("a")) }
        stage.github.fault(
            .changed { answer in
                let own =
                    "<http://localhost/repos/acme/app/actions/workflows/e2e.yml/runs"
                    + "?exclude_pull_requests=true&per_page=100>; rel=\"next\""
                return answer.adding("Link", own)
            }, on: "runs")
        let failed = await failure { try await stage.host.runs(of: workflow, since: nil) }
        #expect(failed?.detail.contains("circle") == true)
    }

    @Test("A list that becomes shorter between two pages is garbled: a row may have slipped")
    func shorter() async throws {
        let stage = try Stage()
        for number in 1...250 {
            stage.github.run("e2e.yml", at: sha("a"), createdAt: minute(Int64(number)))
        }
        stage.github.fault(
            .changed { $0.replacing("\"total_count\":250", "\"total_count\":249") }, on: "page=2")
        let failed = await failure {
            try await stage.host.runs(of: workflow, since: minute(100))
        }
        #expect(failed?.code == .garbled)
        #expect(failed?.detail.contains("became shorter") == true)
    }

    @Test("1,000 runs, and more, cannot be known whole; what is new enough can")
    func tooMany() async throws {
        let stage = try Stage()
        for number in 1...1000 {
            stage.github.run("e2e.yml", at: sha("a"), createdAt: minute(Int64(number)))
        }
        let capped = await failure { try await stage.host.runs(of: workflow, since: nil) }
        #expect(capped?.code == .garbled)
        #expect(capped?.detail.contains("not whole") == true)
        #expect(try await stage.host.runs(of: workflow, since: minute(900)).count == 101)
        stage.github.run("e2e.yml", at: sha("a"))
        let over = await failure { try await stage.host.runs(of: workflow, since: nil) }
        #expect(over?.code == .garbled)
        #expect(over?.detail.contains("more than 10 pages") == true)
    }

    @Test("A display name is resolved; every workflow that bears it counts")
    func displayName() async throws {
        let stage = try Stage()
        stage.github.workflow("e2e.yml", name: "End to end")
        stage.github.workflow("old.yml", name: "End to end", state: "deleted")
        stage.github.run("e2e.yml", at: sha("2"))
        stage.github.run("old.yml", at: sha("1"), conclusion: "failure")
        stage.github.run("lint.yml", at: sha("1"))
        let runs = try await stage.host.runs(of: WorkflowName("End to end"), since: nil)
        #expect(runs.map(\.state) == [.success, .failure])
        #expect(stage.lines.count == 3)
    }

    @Test("A workflow without runs has none; one that is not there is a failure")
    func none() async throws {
        let stage = try Stage()
        stage.github.workflow("e2e.yml")
        #expect(try await stage.host.runs(of: workflow, since: nil) == [])
        stage.github.run("e2e.yml", at: sha("a"), conclusion: "failure")
        stage.github.removeWorkflow("e2e.yml")
        for name in ["e2e.yml", "End to end"] {
            let failed = await failure {
                try await stage.host.runs(of: WorkflowName(name), since: nil)
            }
            #expect(failed?.code == .missing)
            #expect(failed?.detail.contains("has no workflow of that name") == true)
        }
    }

    @Test("A 404 for a workflow that the list shows is asked again by its number")
    func hidden() async throws {
        let stage = try Stage()
        stage.github.run("e2e.yml", at: sha("a"), conclusion: "failure")
        stage.github.fault(.error(404, "Not Found"), on: "e2e.yml/runs")
        #expect(try await stage.host.runs(of: workflow, since: nil).map(\.state) == [.failure])
        stage.github.fault(.error(404, "Not Found"), on: "/runs")
        #expect(
            await failure { try await stage.host.runs(of: workflow, since: nil) }?.code == .missing)
    }

    @Test("Runs of another workflow in the answer make it garbled")
    func another() async throws {
        let stage = try Stage()
        stage.github.run("e2e.yml", at: sha("a"))
        stage.github.fault(.changed { $0.replacing("e2e.yml\"", "lint.yml\"") }, on: "runs")
        #expect(
            await failure { try await stage.host.runs(of: workflow, since: nil) }?.code == .garbled)
    }

    @Test(
        "No usable answer is never an empty list",
        arguments: [
            (GitHubFault.error(500, "oops"), PortFailure.Code.serverFailed),
            (.error(403, "Resource not accessible by integration"), .denied),
            (.error(422, "Validation Failed"), .garbled), (.html(), .garbled),
            (.truncated, .garbled), (.dropped, .unreachable), (.silent, .timedOut),
            (.answer(CannedResponse(status: 304)), .garbled),
            (.changed { $0.replacing("\"conclusion\":\"success\"", "\"conclusion\":7") }, .garbled),
            (.changed { $0.replacing("\"created_at\":\"", "\"created_at\":\"x") }, .garbled),
            (.changed { $0.replacing("\"head_sha\":\"", "\"head_sha\":\"x") }, .garbled),
            (.changed { $0.replacing("\"total_count\":2", "\"total_count\":3") }, .garbled),
        ])
    func errors(fault: GitHubFault, code: PortFailure.Code) async throws {
        let stage = try Stage()
        stage.github.run("e2e.yml", at: sha("a"))
        stage.github.run("e2e.yml", at: sha("b"))
        stage.github.fault(fault, on: "runs")
        for moment in [nil, minute(1)] {
            let failed = await failure {
                try await stage.host.runs(of: workflow, since: moment)
            }
            #expect(failed?.code == code)
        }
    }
}
