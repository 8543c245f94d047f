import PawlCore
import PawlPorts
import PawlTesting
import Testing

@Suite("Source images")
struct SourceStoryTests {
    private func world() -> Scenario {
        let world = Scenario(images: ["app", "worker", "web"])
        world.ready("a")
        world.live("a")
        world.ready("b")
        return world
    }

    @Test("one image missing: nothing is moved at all")
    func missing() async {
        let world = world()
        world.registry.remove(world.source("b", image: 2))
        #expect(await world.promote("b") == "reject b (source-missing), exit 1")
        #expect(world.live == "a a a")
        #expect(world.registry.writes.isEmpty)
        #expect(world.reasons.first?.subject == "\(world.source("b", image: 2))")
    }

    @Test(
        "what a missing source means depends on the build",
        arguments: [
            (RunState.success, "reject b (source-missing), exit 1"),
            (.failure, "reject b (build-failed), exit 1"),
            (.timedOut, "reject b (build-failed), exit 1"),
            (.startupFailure, "reject b (build-failed), exit 1"),
            (.inProgress, "hold b (build-running), exit 0"),
            (.queued, "hold b (build-running), exit 0"),
        ])
    func missingByBuild(state: RunState, line: String) async {
        let world = world()
        world.registry.remove(world.source("b", image: 1))
        world.rerun(Scenario.buildWorkflow, "b", state)
        #expect(await world.promote("b") == line)
        #expect(world.live == "a a a")
    }

    @Test("no image and no build run: hold")
    func neverBuilt() async {
        let world = world()
        world.commit("c")
        world.gate("e2e.yml", "c", .success)
        #expect(await world.promote("c") == "hold c (build-absent), exit 0")
    }

    @Test("a source built from another commit is refused")
    func mismatch() async {
        let world = world()
        world.publishSource("b", image: 1, says: .says(CommitID.named("a").hex))
        #expect(await world.promote("b") == "reject b (source-mismatch), exit 1")
        #expect(world.live == "a a a")
    }

    @Test("a source whose label is only the short id is refused: it proves too little")
    func shortSource() async {
        let world = world()
        world.publishSource("b", image: 1, says: .says(CommitID.named("b").short))
        #expect(await world.promote("b") == "reject b (source-mismatch), exit 1")
    }

    @Test("a source whose platforms disagree is refused")
    func disagreeing() async {
        let world = world()
        world.publishSource(
            "b", image: 0,
            says: .disagrees([CommitID.named("b").hex, CommitID.named("a").hex]))
        #expect(await world.promote("b") == "reject b (source-mismatch), exit 1")
        #expect(world.live == "a a a")
    }

    @Test("a source without a label is refused, with the label's name as advice")
    func unlabelled() async {
        let world = world()
        world.publishSource("b", image: 0, says: .unlabelled)
        #expect(await world.promote("b") == "reject b (source-unlabelled), exit 1")
        #expect(
            world.reasons.first?.advice.contains("org.opencontainers.image.revision") == true)
        #expect(world.live == "a a a")
    }

    @Test("a source is asked of every platform, a target of one")
    func platforms() async {
        let world = world()
        await world.promote("b")
        let asked = world.registry.calls.compactMap { call -> Platforms? in
            if case .revision(_, _, let platforms) = call { platforms } else { nil }
        }
        #expect(asked.count { $0 == .every } == 3)
        #expect(asked.count { $0 == .first } == 3)
    }

    /// `b`'s build ended a moment ago; the tag of one image comes after `seconds`.
    private func lagging(builtAgo: Duration) -> Scenario {
        let world = Scenario()
        world.ready("a")
        world.live("a")
        world.commit("b")
        world.built("b", ago: builtAgo)
        world.gate("e2e.yml", "b", .success)
        world.registry.remove(world.source("b", image: 1))
        return world
    }

    @Test("a source that lags 10 s behind its build is waited for")
    func lag() async {
        let world = lagging(builtAgo: .seconds(5))
        world.clock.after(.seconds(10)) { world.publishSource("b", image: 1) }
        #expect(await world.promote("b") == "promote b, exit 0")
        #expect(world.live == "b b")
        #expect(world.clock.now.since(ManualClock.start) >= .seconds(10))
        #expect(world.clock.now.since(ManualClock.start) <= .seconds(30))
    }

    @Test("a source that answers 404 to the first reads only is waited for")
    func laggingReads() async {
        let world = lagging(builtAgo: .seconds(5))
        world.publishSource("b", image: 1)
        world.registry.delay(world.source("b", image: 1), reads: 3)
        #expect(await world.promote("b") == "promote b, exit 0")
        #expect(world.clock.slept == [.seconds(1), .seconds(2), .seconds(4)])
    }

    @Test("a source that never comes is rejected after 30 s")
    func lagForEver() async {
        let world = lagging(builtAgo: .seconds(5))
        #expect(await world.promote("b") == "reject b (source-missing), exit 1")
        #expect(world.clock.now.since(ManualClock.start) == .seconds(30))
        #expect(world.live == "a a")
    }

    @Test("a build that ended longer ago than 2 minutes is not waited for")
    func noLag() async {
        let world = lagging(builtAgo: .seconds(121))
        #expect(await world.promote("b") == "reject b (source-missing), exit 1")
        #expect(world.clock.slept.isEmpty)

        let edge = lagging(builtAgo: .seconds(120))
        await edge.promote("b")
        #expect(!edge.clock.slept.isEmpty)
    }

    @Test("a source that cannot be read is not waited for as if it were absent")
    func unreadableIsNotAbsent() async {
        let world = lagging(builtAgo: .seconds(5))
        world.registry.unreadable(world.source("b", image: 1))
        #expect(await world.promote("b") == "hold b (registry-unreadable), exit 3")
        #expect(world.clock.slept.isEmpty)
    }
}
