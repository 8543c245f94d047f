import PawlCore
import PawlTesting
import Testing

/// `e2e.yml` runs on pushes that change something below `src/`; `absent: proven` is the default.
@Suite("A gate without a run passes only by proof, and red is inherited")
struct AbsenceStoryTests {
    /// `a` is live, and was green.
    private func world(_ file: WorkflowFile = .paths("src/**")) -> Scenario {
        let world = Scenario()
        world.commit("a")
        world.workflowFile("e2e.yml", file)
        world.built("a")
        world.gate("e2e.yml", "a", .success)
        world.live("a")
        return world
    }

    /// A built commit that changes these files, on top of the branch.
    private func push(_ world: Scenario, _ name: String, _ paths: String...) {
        world.commit(name)
        world.changed(name, paths)
        world.built(name)
    }

    @Test("a change that the filter leaves out goes, with the verdict of what is live")
    func leftOut() async {
        let world = world()
        push(world, "b", "docs/guide.md")
        #expect(await world.promote("b") == "promote b, exit 0")
    }

    @Test("a change that should have started the gate waits for it, and the file is named")
    func shouldHaveStarted() async {
        let world = world()
        push(world, "b", "docs/guide.md", "src/login.swift")
        #expect(await world.promote("b") == "hold b (gate-absent), exit 0")
        #expect(world.reasons.first?.text.contains("src/login.swift") == true)
        #expect(world.live == "a a")
    }

    @Test("an unrelated commit does not carry a red one to production")
    func redBelow() async {
        let world = world()
        push(world, "b", "src/login.swift")
        world.gate("e2e.yml", "b", .failure)
        push(world, "c", "docs/guide.md")
        #expect(await world.promote("c") == "reject c (gate-failed), exit 1")
        #expect(world.reasons.first?.text.contains("b") == true)
        #expect(world.live == "a a")
    }

    @Test("a green run below an unrelated commit is inherited too")
    func greenBelow() async {
        let world = world()
        push(world, "b", "src/login.swift")
        world.gate("e2e.yml", "b", .success)
        push(world, "c", "docs/guide.md")
        #expect(await world.promote("c") == "promote c, exit 0")
    }

    @Test("the fix on top of a red commit goes with its own green run, and not without")
    func fixOnTop() async {
        let world = world()
        push(world, "b", "src/login.swift")
        world.gate("e2e.yml", "b", .failure)
        push(world, "c", "src/login.swift")
        #expect(await world.promote("c") == "hold c (gate-absent), exit 0")
        world.gate("e2e.yml", "c", .success)
        #expect(await world.promote("c") == "promote c, exit 0")
    }

    @Test("a run that has not ended, met on the way, holds, and names its commit")
    func unfinishedBelow() async {
        let world = world()
        push(world, "b", "src/login.swift")
        world.gate("e2e.yml", "b", .inProgress)
        push(world, "c", "docs/guide.md")
        #expect(await world.promote("c") == "hold c (gate-running), exit 0")
        world.rerun("e2e.yml", "b", .success)
        #expect(await world.promote("c") == "promote c, exit 0")
    }

    @Test("a cancelled run below is no verdict: the change below it still wants one")
    func cancelledBelow() async {
        let world = world()
        push(world, "b", "src/login.swift")
        world.gate("e2e.yml", "b", .cancelled)
        push(world, "c", "docs/guide.md")
        #expect(await world.promote("c") == "hold c (gate-absent), exit 0")
    }

    @Test("a filter that the candidate itself narrowed proves nothing")
    func filterNarrowed() async {
        let world = world()
        world.commit("b")
        world.workflowFile("e2e.yml", at: "b", .paths("tests/**"))
        world.built("b")
        #expect(await world.promote("b") == "hold b (gate-changed), exit 0")
        #expect(world.live == "a a")
    }

    @Test("a gate that was renamed away cannot be proved absent")
    func gateRenamed() async {
        let world = world()
        world.commit("b")
        world.renamed(
            "b", ".github/workflows/e2e.yml", to: ".github/workflows/end-to-end.yml")
        world.built("b")
        #expect(await world.promote("b") == "hold b (gate-changed), exit 0")
    }

    @Test("a gate that is disabled at the host holds, whatever the filter says")
    func gateDisabled() async {
        let world = world()
        push(world, "b", "docs/guide.md")
        world.host.workflow(WorkflowName("e2e.yml"), .inactive("disabled_manually"))
        #expect(await world.promote("b") == "hold b (gate-inactive), exit 3")
    }

    @Test("a gate whose trigger leaves the branch out, or has no push, never runs")
    func gateElsewhere() async {
        for file in [WorkflowFile.branches("release/**"), WorkflowFile(push: .never)] {
            let world = world(file)
            push(world, "b", "docs/guide.md")
            #expect(await world.promote("b") == "hold b (gate-never-runs), exit 0")
            #expect(world.live == "a a")
        }
    }

    @Test("a gate without a path filter runs on every push, so no run is no proof")
    func everyPush() async {
        let world = world(.everyPush)
        push(world, "b", "docs/guide.md")
        #expect(await world.promote("b") == "hold b (gate-absent), exit 0")
    }

    @Test("a nightly run that turned red is inherited; what is live is not taken back")
    func nightly() async {
        let world = world()
        push(world, "b", "docs/guide.md")
        world.run("e2e.yml", "b", .failure, event: "schedule")
        push(world, "c", "docs/more.md")
        #expect(await world.promote("c") == "reject c (gate-failed), exit 1")
        #expect(world.live == "a a")
    }

    @Test("a file moved out of the filter's reach counts by its old name")
    func movedOut() async {
        let world = world()
        world.commit("b")
        world.wrote("b", "src/old.swift", "text")
        world.built("b")
        world.gate("e2e.yml", "b", .success)
        world.commit("c")
        world.renamed("c", "src/old.swift", to: "docs/old.swift")
        world.built("c")
        #expect(await world.promote("c") == "hold c (gate-absent), exit 0")
        #expect(world.reasons.first?.text.contains("src/old.swift") == true)
    }

    @Test("a merge commit is judged by all that it brings in")
    func merge() async {
        let world = world()
        world.commit("side", parents: ["a"], on: "side")
        world.changed("side", ["src/login.swift"])
        push(world, "b", "docs/guide.md")
        world.commit("c", parents: ["b", "side"])
        world.built("c")
        #expect(await world.promote("c") == "hold c (gate-absent), exit 0")
        #expect(world.reasons.first?.text.contains("src/login.swift") == true)
        world.gate("e2e.yml", "c", .success)
        #expect(await world.promote("c") == "promote c, exit 0")
    }

    @Test("a revert of all that was changed leaves nothing that a run was due for")
    func revert() async {
        let world = world()
        world.wrote("a", "src/app.swift", "whole")
        world.commit("b")
        world.wrote("b", "src/app.swift", "broken")
        world.built("b")
        world.commit("c")
        world.wrote("c", "src/app.swift", "whole")
        world.built("c")
        #expect(await world.promote("c") == "promote c, exit 0")
    }

    @Test("after a force push there is no way from what is live, and nothing goes")
    func forcePush() async {
        let world = world()
        push(world, "b", "docs/guide.md")
        world.rewind(to: "a")
        world.commit("root", parents: [])
        world.changed("root", ["docs/other.md"])
        world.built("root")
        let line = await world.promote("root")
        #expect(!line.hasPrefix("promote"), "\(line)")
        #expect(world.live == "a a")
    }

    @Test("on a first promotion the newest ancestor with a verdict is inherited from")
    func firstPromotion() async {
        let world = Scenario()
        world.commit("a")
        world.workflowFile("e2e.yml", .paths("src/**"))
        world.built("a")
        push(world, "b", "docs/guide.md")
        #expect(await world.promote("b") == "hold b (gate-absent), exit 0")
        world.gate("e2e.yml", "a", .success)
        #expect(await world.promote("b") == "promote b, exit 0")
    }

    @Test("what cannot be read is no proof: runs, diff, file")
    func unreadable() async {
        for question in [MemoryHost.Question.runsOfWorkflow, .changes, .file] {
            let world = world()
            push(world, "b", "docs/guide.md")
            world.host.unreadable(question)
            #expect(await world.promote("b") == "hold b (gate-unreadable), exit 3")
            #expect(world.live == "a a")
        }
    }

    @Test("a workflow file that is none is no proof, and one that is not there neither")
    func badFile() async {
        let world = world()
        world.workflowFile("e2e.yml", bytes: Array("{{{".utf8))
        push(world, "b", "docs/guide.md")
        #expect(await world.promote("b") == "hold b (gate-unreadable), exit 3")
        world.workflowFile("e2e.yml", bytes: nil)
        #expect(await world.promote("b") == "hold b (gate-never-runs), exit 0")
    }

    @Test("a look finds the newest commit that may go, past a red one and what inherits it")
    func look() async {
        let world = world()
        push(world, "b", "docs/guide.md")
        push(world, "c", "src/login.swift")
        world.gate("e2e.yml", "c", .failure)
        push(world, "d", "docs/more.md")
        #expect(await world.look() == "promote b (gate-failed), exit 0")
        #expect(world.reasons.count == 2)
        #expect(world.live == "b b")
    }
}
