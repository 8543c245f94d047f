import PawlCore
import PawlEngine
import PawlPorts
import PawlTesting
import Testing

@Suite("What a run costs")
struct RequestCountTests {
    @Test("a look with nothing to do: two digests an image and one page of the log")
    func lookWithNothingToDo() async {
        let world = Scenario(images: ["app", "worker", "web"])
        world.ready("a")
        world.live("a")
        #expect(await world.look() == "settled a, exit 0")
        #expect(world.registry.count(.digest) == 6)
        #expect(world.registry.calls.count == 6)
        #expect(world.host.count(.log) == 1)
        #expect(world.host.countOfAll == 1)
    }

    @Test("a promotion: one list of runs and two pages of the log, however many images")
    func promotion() async {
        for size in [1, 3, 10] {
            let world = Scenario(images: (1...size).map { "image\($0)" })
            world.ready("a")
            world.live("a")
            world.ready("b")
            #expect(await world.promote("b") == "promote b, exit 0")
            #expect(world.host.count(.runs) == 1)
            #expect(world.host.count(.log) == 2)
            #expect(world.host.countOfAll == 3)
            #expect(world.registry.count(.pin) == 2 * size)
            #expect(world.registry.count(.revision) == 2 * size)
            #expect(world.registry.count(.preparePush) == 1)
            #expect(world.registry.count(.digest) == size)
            #expect(world.registry.count(.put) == size)
        }
    }

    @Test("a settled commit costs no revision and no question about gates")
    func settled() async {
        let world = Scenario()
        world.ready("a")
        world.live("a")
        await world.promote("a")
        #expect(world.registry.count(.revision) == 0)
        #expect(world.host.count(.state) == 0)
        #expect(world.host.countOfAll == 2)
    }

    @Test("a look over a hundred candidates: one log, a list for each workflow, one full question")
    func sweep() async {
        let world = Scenario(images: ["app"])
        world.ready("a")
        world.live("a")
        world.ready("b")
        for number in 1...97 {
            world.commit("red \(number)")
            world.built("red \(number)")
            world.gate("e2e.yml", "red \(number)", .failure)
        }
        #expect(await world.look() == "promote b (gate-failed), exit 0")
        #expect(world.host.count(.log) == 1)
        #expect(world.host.count(.runsOfWorkflow) == 2)
        #expect(world.host.count(.runs) == 1)
        #expect(world.host.countOfAll == 4)
    }

    @Test("a proof that no run was due costs four questions more")
    func absence() async {
        let world = Scenario(images: ["app"])
        world.commit("a")
        world.workflowFile("e2e.yml", .paths("src/**"))
        world.built("a")
        world.live("a")
        world.commit("b")
        world.changed("b", ["docs/guide.md"])
        world.built("b")
        #expect(await world.promote("b", dryRun: true) == "promote b, exit 0")
        for question in [
            MemoryHost.Question.log, .runs, .state, .runsOfWorkflow, .changes, .file,
        ] {
            #expect(world.host.count(question) == 1)
        }
        #expect(world.host.countOfAll == 6)
    }

    @Test("only the members that are not there yet are written")
    func onlyTheNeeded() async {
        let world = Scenario()
        world.ready("a")
        world.ready("b")
        world.live("b", image: 0)
        await world.promote("b")
        #expect(world.registry.writes == [world.target(1)])
        #expect(world.receipts.last?.images.map(\.moved) == [false, true])
        #expect(world.receipts.last?.promoted == true)
    }

    @Test("a dry run writes nothing, asks for no push rights and says the same")
    func dryRun() async {
        let world = Scenario()
        world.ready("a")
        world.live("a")
        world.ready("b")
        world.commit("c")
        world.built("c")
        world.gate("e2e.yml", "c", .failure)
        for (commit, line) in [
            ("b", "promote b, exit 0"), ("c", "reject c (gate-failed), exit 1"),
            ("a", "settled a, exit 0"),
        ] {
            #expect(await world.promote(commit, dryRun: true) == line)
            #expect(world.receipts.last?.isDryRun == true)
            #expect(world.receipts.last?.promoted == false)
        }
        #expect(await world.look(dryRun: true) == "promote b (gate-failed), exit 0")
        #expect(world.registry.count(.put) == 0)
        #expect(world.registry.count(.preparePush) == 0)
        #expect(world.live == "a a")
    }

    @Test("what is done is told while it is done")
    func told() async {
        let world = Scenario(images: ["app"])
        world.ready("a")
        world.live("a")
        world.ready("b")
        await world.promote("b")
        let candidate = Candidate(channel: world.channel, commit: .named("b"))
        #expect(world.told.first == .asking(candidate))
        #expect(world.told.contains(.moved(world.target(), world.digest("b"))))
    }
}
