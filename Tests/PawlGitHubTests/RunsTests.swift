import PawlCore
import PawlGitHub
import PawlLoopback
import Testing

@Suite("Runs of a commit")
struct RunsTests {
    @Test("One request gives the build and every gate, in GitHub's own words")
    func oneList() async throws {
        let stage = try Stage()
        stage.github.workflow("publish.yml", name: "Publish")
        stage.github.run("publish.yml", at: sha("a"))
        stage.github.run(
            "e2e.yml", at: sha("a"), conclusion: "startup_failure", event: "schedule", attempt: 3)
        stage.github.run("lint.yml", at: sha("a"), status: "in_progress", branch: nil)
        stage.github.run("e2e.yml", at: sha("b"))

        let runs = try await stage.host.runs(at: commit("a"))

        #expect(stage.lines.count == 1)
        #expect(
            stage.lines.first
                == "GET /repos/acme/app/actions/runs?head_sha=\(sha("a"))"
                + "&exclude_pull_requests=true&per_page=100")
        #expect(
            runs.map(\.path)
                == ["lint.yml", "e2e.yml", "publish.yml"].map {
                    ".github/workflows/\($0)"
                })
        #expect(runs.map(\.state) == [.inProgress, .startupFailure, .success])
        #expect(runs.map(\.attempt) == [1, 3, 1])
        #expect(runs.map(\.branch) == [nil, "main", "main"])
        #expect(runs.map(\.event) == ["push", "schedule", "push"])
        #expect(runs.last?.workflowName == "Publish")
        #expect(runs.allSatisfy { $0.commit.hex == sha("a") && $0.isOwn })
        #expect(runs.last?.createdAt == GitHubDouble.beginning + .seconds(60))
        #expect(runs.last?.updatedAt == GitHubDouble.beginning + .seconds(90))
        #expect(runs.last?.link.hasPrefix("https://github.example/acme/app/actions/runs/") == true)
    }

    @Test("No run is an empty list and no failure")
    func none() async throws {
        let stage = try Stage()
        #expect(try await stage.host.runs(at: commit("a")) == [])
    }

    @Test("Every request says what GitHub asks clients to say")
    func headers() async throws {
        let stage = try Stage()
        _ = try await stage.host.runs(at: commit("a"))
        let request = try #require(stage.github.requests.first)
        #expect(request.header("Accept") == "application/vnd.github+json")
        #expect(request.header("X-GitHub-Api-Version") == "2022-11-28")
        #expect(request.header("User-Agent") == "pawl-tests")
        #expect(request.header("Authorization") == "Bearer \(token)")
    }

    @Test("A fork's run and that of a deleted fork are told from the repository's own")
    func forks() async throws {
        let stage = try Stage()
        stage.github.run("e2e.yml", at: sha("a"), head: .fork("mallory/app", id: 7))
        stage.github.run("e2e.yml", at: sha("a"), head: .gone)
        let runs = try await stage.host.runs(at: commit("a"))
        #expect(runs.map(\.headRepositoryID) == [nil, 7])
        #expect(runs.map(\.repositoryID) == Array(repeating: GitHubDouble.repositoryID, count: 2))
        #expect(runs.allSatisfy { !$0.isOwn })
    }

    @Test("Words that nobody knows are kept, and a conclusion without completion does not count")
    func words() async throws {
        let stage = try Stage()
        stage.github.run("a.yml", at: sha("a"), conclusion: "quarantined")
        let running = stage.github.run("b.yml", at: sha("a"), status: "in_progress")
        stage.github.change(running) { $0.conclusion = "success" }
        stage.github.run("c.yml", at: sha("a"), status: nil)
        stage.github.run("d.yml", at: sha("a"), status: "dreaming")
        stage.github.run("e.yml", at: sha("a"), conclusion: nil)
        let runs = try await stage.host.runs(at: commit("a"))
        #expect(
            runs.map(\.state) == [
                .unknown("completed without a conclusion"), .unknown("dreaming"),
                .unknown("no status"), .inProgress, .unknown("quarantined"),
            ])
    }

    @Test("A run of another commit in the list is dropped")
    func otherCommit() async throws {
        let stage = try Stage()
        stage.github.run("e2e.yml", at: sha("a"))
        stage.github.run("e2e.yml", at: sha("b"), conclusion: "failure")
        // As GitHub does with a filter that it does not understand.
        stage.github.fault(
            .changed {
                $0.replacing("\"head_sha\":\"\(sha("a"))\"", "\"head_sha\":\"\(sha("c"))\"")
            },
            on: sha("a"), times: 1)
        #expect(try await stage.host.runs(at: commit("a")) == [])
        #expect(try await stage.host.runs(at: commit("a")).map(\.state) == [.success])
    }

    @Test("A list of 250 runs is read over three pages")
    func pages() async throws {
        let stage = try Stage()
        for number in 0..<250 { stage.github.run("w\(number).yml", at: sha("a")) }
        let runs = try await stage.host.runs(at: commit("a"))
        #expect(runs.count == 250)
        #expect(Set(runs.map(\.id)).count == 250)
        #expect(stage.lines.count == 3)
    }

    @Test("A run that slips to the next page is there once, in its newer record")
    func slipped() async throws {
        let stage = try Stage()
        let runs = (0..<101).map { _ in stage.github.run("e2e.yml", at: sha("a")) }
        // Between the pages: the last run of page one is put on page two, changed.
        stage.github.fault(
            .changed { answer in
                answer.replacing("\"id\":\(runs[0].id),", "\"id\":\(runs[1].id),")
                    .replacing("\"total_count\":101", "\"total_count\":100")
                    .replacing("\"conclusion\":\"success\"", "\"conclusion\":\"failure\"")
            }, on: "page=2")
        stage.github.fault(
            .changed { $0.replacing("\"total_count\":101", "\"total_count\":100") }, on: "runs")
        let listed = try await stage.host.runs(at: commit("a"))
        #expect(listed.count == 100)
        #expect(listed.filter { $0.id == runs[1].id }.map(\.state) == [.failure])
    }

    @Test(
        "A list that is not whole is no list",
        arguments: ["\"total_count\":3", "\"total_count\":9"])
    func notWhole(count: String) async throws {
        let stage = try Stage()
        stage.github.run("e2e.yml", at: sha("a"))
        stage.github.run("e2e.yml", at: sha("a"))
        stage.github.fault(
            .changed { $0.replacing("\"total_count\":2", count) }, on: "runs")
        let failure = await failure { try await stage.host.runs(at: commit("a")) }
        #expect(failure?.code == .garbled)
        #expect(failure?.detail.contains("list is not whole: 2 of") == true)
    }

    @Test("More than ten pages are not a whole list either")
    func tooManyPages() async throws {
        let stage = try Stage()
        for _ in 0..<1001 { stage.github.run("e2e.yml", at: sha("a")) }
        let failure = await failure { try await stage.host.runs(at: commit("a")) }
        #expect(failure?.code == .garbled)
        #expect(failure?.detail.contains("more than 10 pages") == true)
        #expect(stage.lines.count == Limits.hostPagesMax)
    }

    @Test(
        "A field with the wrong kind of value makes the answer unusable, and is named",
        arguments: [
            ("\"conclusion\":\"success\"", "\"conclusion\":0", "workflow_runs[0].conclusion"),
            ("\"conclusion\":\"success\"", "\"conclusion\":[]", "workflow_runs[0].conclusion"),
            ("\"conclusion\":\"success\"", "\"conclusion\":true", "workflow_runs[0].conclusion"),
            ("\"status\":\"completed\"", "\"status\":{}", "workflow_runs[0].status"),
            ("\"head_sha\":\"", "\"head_sha\":null,\"x\":\"", "workflow_runs[0].head_sha"),
            ("\"head_sha\":\"", "\"head_sha\":\"x", "head_sha"),
            ("\"path\":\"", "\"p\":\"", "workflow_runs[0].path"),
            ("\"event\":\"push\"", "\"event\":null", "workflow_runs[0].event"),
            (
                "\"created_at\":\"2026-04-01T12:01:00Z\"", "\"created_at\":\"today\"",
                "time of a run"
            ),
            ("\"run_attempt\":1", "\"run_attempt\":1.5", "not usable JSON"),
            ("\"run_attempt\":1", "\"run_attempt\":\"1\"", "workflow_runs[0].run_attempt"),
            ("\"total_count\":1", "\"total_count\":\"1\"", "total_count"),
            ("\"total_count\":1,", "", "total_count"),
            ("\"workflow_runs\":", "\"runs\":", "workflow_runs"),
        ])
    func wrongKind(old: String, new: String, named: String) async throws {
        let stage = try Stage()
        stage.github.run("e2e.yml", at: sha("a"))
        stage.github.fault(.changed { $0.replacing(old, new) }, on: "runs")
        let failure = await failure { try await stage.host.runs(at: commit("a")) }
        #expect(failure?.code == .garbled)
        #expect(failure?.detail.contains(named) == true, "\(failure?.detail ?? "")")
    }

    @Test("Fields that GitHub may add or leave out change nothing")
    func lenient() async throws {
        let stage = try Stage()
        stage.github.run("e2e.yml", at: sha("a"))
        stage.github.fault(
            .changed {
                $0.replacing("\"run_attempt\":1,", "").replacing("\"display_title\"", "\"news\"")
                    .replacing("\"name\":\"", "\"name\":null,\"n\":\"")
            }, on: "runs")
        let runs = try await stage.host.runs(at: commit("a"))
        #expect(runs.map(\.attempt) == [1])
        #expect(runs.map(\.workflowName) == [nil])
    }

    @Test("The jobs of a run are those of its newest attempt")
    func jobs() async throws {
        let stage = try Stage()
        let run = stage.github.run("e2e.yml", at: sha("a"))
        let other = stage.github.run("e2e.yml", at: sha("a"))
        stage.github.job("e2e", of: run)
        stage.github.job("notify", of: run, conclusion: "skipped")
        stage.github.job("late", of: run, status: "waiting", conclusion: nil)
        stage.github.job("e2e", of: other, conclusion: "failure")
        let found = try await stage.host.runs(at: commit("a")).first { $0.id == run.id }
        let jobs = try await stage.host.jobs(of: #require(found))
        #expect(
            jobs == [
                Job(name: "e2e", state: .success), Job(name: "notify", state: .skipped),
                Job(name: "late", state: .waiting),
            ])
        #expect(
            stage.lines.last
                == "GET /repos/acme/app/actions/runs/\(run.id)/jobs?filter=latest&per_page=100")
    }

    @Test("Jobs of another run, too few jobs and a run that is gone are failures")
    func badJobs() async throws {
        let stage = try Stage()
        let made = stage.github.run("e2e.yml", at: sha("a"))
        stage.github.job("e2e", of: made)
        let run = try #require(try await stage.host.runs(at: commit("a")).first)

        stage.github.fault(
            .changed { $0.replacing("\"run_id\":\(made.id)", "\"run_id\":1") }, on: "jobs", times: 1
        )
        #expect(await failure { try await stage.host.jobs(of: run) }?.code == .garbled)
        stage.github.fault(
            .changed { $0.replacing("\"total_count\":1", "\"total_count\":2") }, on: "jobs",
            times: 1)
        #expect(await failure { try await stage.host.jobs(of: run) }?.code == .garbled)
        stage.github.fault(.error(404, "Not Found"), on: "jobs")
        #expect(await failure { try await stage.host.jobs(of: run) }?.code == .missing)
    }
}
