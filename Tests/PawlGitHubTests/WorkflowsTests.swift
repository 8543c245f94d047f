import PawlCore
import PawlGitHub
import PawlLoopback
import Testing

@Suite("Whether a workflow can report")
struct WorkflowsTests {
    @Test(
        "Every state but active means that it never will",
        arguments: ["deleted", "disabled_fork", "disabled_inactivity", "disabled_manually", "new"])
    func inactive(word: String) async throws {
        let stage = try Stage()
        stage.github.workflow("e2e.yml", state: word)
        #expect(try await stage.host.state(of: WorkflowName("e2e.yml")) == .inactive(word))
    }

    @Test("A workflow is found by file name and by path with one request")
    func active() async throws {
        let stage = try Stage()
        stage.github.workflow("e2e.yml")
        #expect(try await stage.host.state(of: WorkflowName("e2e.yml")) == .active)
        #expect(
            try await stage.host.state(of: WorkflowName(".github/workflows/e2e.yml")) == .active)
        #expect(
            stage.lines
                == Array(repeating: "GET /repos/acme/app/actions/workflows/e2e.yml", count: 2))
    }

    @Test("A file of that name in another folder is not the workflow")
    func otherFolder() async throws {
        let stage = try Stage()
        stage.github.workflow("e2e.yml")
        #expect(try await stage.host.state(of: WorkflowName("ci/e2e.yml")) == nil)
    }

    @Test("Not there is said only after the list of workflows could be read whole")
    func missing() async throws {
        let stage = try Stage()
        stage.github.workflow("other.yml")
        #expect(try await stage.host.state(of: WorkflowName("e2e.yml")) == nil)
        #expect(
            stage.lines == [
                "GET /repos/acme/app/actions/workflows/e2e.yml",
                "GET /repos/acme/app/actions/workflows?per_page=100",
            ])

        stage.github.fault(
            .changed { $0.replacing("\"total_count\":1", "\"total_count\":2") },
            on: "workflows?", times: 1)
        #expect(
            await failure { try await stage.host.state(of: WorkflowName("e2e.yml")) }?.code
                == .garbled)
    }

    @Test("A 404 of a repository that the token cannot see is no answer")
    func invisible() async throws {
        let stage = try Stage(repository: "acme/other")
        let failure = await failure { try await stage.host.state(of: WorkflowName("e2e.yml")) }
        #expect(failure?.code == .missing)
        #expect(failure?.advice?.contains("acme/other") == true)
        #expect(failure?.advice?.contains("actions: read") == true)
    }

    @Test("A missing permission names the permission")
    func denied() async throws {
        let stage = try Stage()
        stage.github.workflow("e2e.yml")
        stage.github.revoke("actions")
        let failure = await failure { try await stage.host.state(of: WorkflowName("e2e.yml")) }
        #expect(failure?.code == .denied)
        #expect(failure?.advice == "Give the token the permission actions: read.")
    }

    @Test("A display name is looked up in the list; the active one of several counts")
    func displayName() async throws {
        let stage = try Stage()
        stage.github.workflow("old.yml", name: "End to end", state: "disabled_manually")
        #expect(
            try await stage.host.state(of: WorkflowName("End to end"))
                == .inactive("disabled_manually"))
        stage.github.workflow("e2e.yml", name: "End to end")
        #expect(try await stage.host.state(of: WorkflowName("End to end")) == .active)
        #expect(try await stage.host.state(of: WorkflowName("End to End")) == nil)
    }

    @Test("A list of workflows longer than a page is read whole")
    func manyWorkflows() async throws {
        let stage = try Stage()
        for number in 0..<120 { stage.github.workflow("w\(number).yml", name: "W\(number)") }
        #expect(try await stage.host.state(of: WorkflowName("W119")) == .active)
        #expect(try await stage.host.state(of: WorkflowName("W120")) == nil)
        #expect(stage.lines.count == 4)
    }

    @Test("An answer about another workflow is garbled")
    func otherWorkflow() async throws {
        let stage = try Stage()
        stage.github.workflow("e2e.yml")
        stage.github.fault(
            .changed { $0.replacing("workflows/e2e.yml\",\"state", "workflows/x.yml\",\"state") },
            on: "workflows/")
        #expect(
            await failure { try await stage.host.state(of: WorkflowName("e2e.yml")) }?.code
                == .garbled)
    }

    @Test("A file name with odd characters stays one segment of the path")
    func oddName() async throws {
        let stage = try Stage()
        _ = try await stage.host.state(of: WorkflowName("a b?c#%2F.yml"))
        #expect(
            stage.lines.first
                == "GET /repos/acme/app/actions/workflows/a%20b%3Fc%23%252F.yml")
    }
}
