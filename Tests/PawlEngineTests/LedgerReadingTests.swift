import PawlCore
import PawlEngine
import PawlTesting
import Testing

@Suite("Reading a ledger")
struct LedgerReadingTests {
    private func world() async -> Scenario {
        let world = Scenario(keepsLedger: true)
        for name in ["a", "b"] {
            world.ready(name)
            await world.promote(name)
        }
        return world
    }

    private func status(_ world: Scenario) async -> ChannelStatus {
        await world.engine(dryRun: true).status(of: world.channel)
    }

    private func report(_ world: Scenario) async -> LedgerReport {
        await world.engine(dryRun: true).verify(world.channel)
    }

    @Test("history is there newest first, as far as it was asked for")
    func history() async throws {
        let world = await world()
        let engine = world.engine(dryRun: true)
        #expect(
            try await engine.history(of: world.channel, limit: 10).map(\.number) == [4, 3, 2, 1])
        #expect(try await engine.history(of: world.channel, limit: 3).map(\.number) == [4, 3, 2])
    }

    @Test("a sound ledger whose tags follow verifies")
    func sound() async {
        let report = await report(await world())
        #expect(report.entries == 4)
        #expect(report.exitStatus == 0)
    }

    @Test("verify finds a changed entry, a tag that somebody moved and an unfinished move")
    func unsound() async {
        let damaged = await world()
        let text = damaged.ledger.all(damaged.key)[1]
        damaged.ledger.damage(
            damaged.key, entry: 2, text.replacing("\"pawl\"", with: "\"who\""))
        #expect(await report(damaged).exitStatus == 1)

        let moved = await world()
        moved.live("a", image: 0)
        #expect(await report(moved).reasons.map(\.code) == [.movedByOthers])
        #expect(await report(moved).exitStatus == 1)

        let unfinished = await world()
        unfinished.ready("c")
        unfinished.registry.fail([.put], unfinished.channel.images[1].target, with: .timedOut)
        await unfinished.promote("c")
        #expect(await report(unfinished).reasons.map(\.code) == [.unfinished])
    }

    @Test("verify cannot tell where the ledger or a tag cannot be read")
    func unreadable() async {
        let world = await world()
        world.registry.unreadable(world.target(0))
        #expect(await report(world).exitStatus == 3)
        let other = await self.world()
        other.ledger.fail(.lines, with: .timedOut)
        #expect(await report(other).exitStatus == 3)
    }

    @Test("status takes the ledger's word for what is live, and tells holds")
    func status() async {
        let world = await world()
        world.registry.publish(world.digest("b"), .unlabelled, at: world.target(0))
        await world.hold(reason: "release day")
        let status = await status(world)
        #expect(status.images.map(\.live) == [.seen(.named("b")), .seen(.named("b"))])
        #expect(status.reasons.map(\.code) == [.held])
        #expect(status.ledger?.hold?.reason == "release day")
    }

    @Test("status tells a tag that somebody moved, without waiting")
    func statusDrift() async {
        let world = await world()
        world.live("a", image: 1)
        let status = await status(world)
        #expect(status.reasons.map(\.code).contains(.movedByOthers))
        #expect(!status.agrees)
        #expect(world.clock.slept.isEmpty)
    }

    @Test("an image without a revision may go again if the ledger knows it as that commit's")
    func recordedUnlabelled() async {
        let world = await world()
        world.registry.publish(world.digest("b"), .unlabelled, at: world.source("b"))
        world.registry.remove(world.target(1))
        #expect(await world.promote("b") == "promote b, exit 0")
        world.ready("c")
        world.registry.publish(world.digest("b"), .unlabelled, at: world.source("c"))
        #expect(await world.promote("c") == "reject c (source-unlabelled), exit 1")
    }
}
