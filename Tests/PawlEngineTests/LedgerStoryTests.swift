import PawlCore
import PawlEngine
import PawlTesting
import Synchronization
import Testing

@Suite("With a ledger")
struct LedgerStoryTests {
    /// `a` is live and recorded, `b` is ready.
    private func world(
        images: [String] = ["app", "worker"], hooks: [Hook] = [],
        forward: ForwardRules = ForwardRules()
    ) async -> Scenario {
        let world = Scenario(images: images, forward: forward, keepsLedger: true, hooks: hooks)
        world.ready("a")
        await world.promote("a")
        world.ready("b")
        return world
    }

    @Test("a promotion is recorded before the tags move, and that they followed after")
    func promotion() async {
        let world = await world()
        #expect(world.log == ["promote a", "followed 1"])
        world.registry.before { call in
            if call.kind == .put { #expect(world.log.last == "promote b") }
        }
        #expect(await world.promote("b") == "promote b, exit 0")
        #expect(world.live == "b b")
        #expect(world.log == ["promote a", "followed 1", "promote b", "followed 3"])
        #expect(world.faults.isEmpty)
        #expect(world.receipts.last?.previous == .named("a"))
        #expect(world.receipts.last?.entry == 3)
    }

    @Test("a ledger without an entry begins with what is found, and says what may be lost")
    func beginning() async {
        let world = Scenario(keepsLedger: true)
        world.ready("a")
        world.live("a")
        world.ready("b")
        #expect(await world.promote("b") == "promote b (adopted), exit 0")
        #expect(world.log == ["adopt a", "promote b", "followed 2"])
        #expect(world.reasons.first?.text.contains("deleted") == true)
    }

    @Test("what was put in order on the way is told, and is not the reason for the verdict")
    func foremost() async {
        let world = Scenario(keepsLedger: true)
        world.ready("a")
        world.live("a")
        world.commit("b")
        world.built("b")
        world.gate("e2e.yml", "b", .inProgress)
        #expect(await world.promote("b") == "hold b (adopted, gate-running), exit 0")
        #expect(world.receipts.last?.foremost?.code == .gateRunning)
    }

    @Test("an empty ledger does not hide that the candidate is behind what is live")
    func beginningBehind() async {
        let world = Scenario(keepsLedger: true)
        world.ready("a")
        world.ready("b")
        world.live("b")
        #expect(await world.promote("a").hasPrefix("reject a (adopted, behind)"))
        #expect(world.live == "b b")
    }

    @Test("what is live is settled, and nothing is written")
    func settled() async {
        let world = await world()
        await world.promote("b")
        let before = world.log
        #expect(await world.promote("b") == "settled b, exit 0")
        #expect(await world.look() == "settled b, exit 0")
        #expect(world.log == before)
    }

    @Test("a run that dies between two images is finished by the next run of any kind")
    func unfinished() async {
        let world = await world()
        world.registry.fail([.put], world.channel.images[1].target, with: .timedOut)
        #expect(await world.promote("b").hasPrefix("error b (registry-unreadable"))
        #expect(world.live == "b a")
        #expect(world.log.last == "promote b")
        world.registry.recover()
        #expect(await world.look() == "settled b (group-healed), exit 0")
        #expect(world.live == "b b")
        #expect(world.log == ["promote a", "followed 1", "promote b", "followed 3"])
    }

    @Test("a reader tells of the unfinished move and leaves it")
    func unfinishedReader() async {
        let world = await world()
        world.registry.fail([.put], world.channel.images[1].target, with: .timedOut)
        await world.promote("b")
        world.registry.recover()
        #expect(await world.look(dryRun: true) == "settled b (group-healed), exit 0")
        #expect(world.live == "b a")
        #expect(world.log.last == "promote b")
    }

    @Test("nothing moves without its entry")
    func unwritable() async {
        for code in [PortFailure.Code.denied, .full, .busy, .timedOut] {
            let world = await world()
            world.ledger.fail(.append, with: code)
            #expect(await world.promote("b").hasPrefix("error b (ledger-unwritable)"))
            #expect(world.live == "a a")
            #expect(world.reasons.first?.text.contains("Nothing was moved") == true)
        }
    }

    @Test("a ledger that cannot be read is not an empty one")
    func unreadable() async {
        for code in [PortFailure.Code.denied, .garbled, .timedOut] {
            let world = await world()
            world.ledger.fail(.tip, with: code)
            #expect(await world.promote("b") == "error b (ledger-unreadable), exit 3")
            #expect(await world.look() == "error (ledger-unreadable), exit 3")
            #expect(world.live == "a a")
        }
    }

    @Test("a damaged newest entry stops everything")
    func damaged() async {
        for text in ["", "{}", "promote b", "{\"pawl\": 2}", "{\"pawl\": 1, \"n\": 2}"] {
            let world = await world()
            world.ledger.damage(world.key, entry: 2, text)
            #expect(await world.promote("b") == "error b (ledger-unreadable), exit 3")
            #expect(world.live == "a a")
        }
    }

    @Test("an append whose answer was lost is found again by its id, and not repeated")
    func lostAnswer() async {
        let world = await world()
        world.ledger.fail(.append, with: .timedOut, takesEffect: true, times: 1)
        #expect(await world.promote("b") == "promote b, exit 0")
        #expect(world.log == ["promote a", "followed 1", "promote b", "followed 3"])
    }

    @Test("an append that won and is said to have lost is found again too")
    func deniedWin() async {
        let world = await world()
        world.ledger.denyWins(times: 2)
        #expect(await world.promote("b") == "promote b, exit 0")
        #expect(world.log == ["promote a", "followed 1", "promote b", "followed 3"])
    }

    @Test("tags that are in place without a record of it are recorded by the next run")
    func unrecorded() async {
        let world = await world()
        world.ledger.before { call in
            if call == .append, world.log.last == "promote b" {
                world.ledger.fail(.append, with: .timedOut, times: 1)
            }
        }
        #expect(await world.promote("b") == "error b (ledger-unwritable), exit 3")
        world.ledger.before(nil)
        #expect(world.live == "b b")
        #expect(world.log.last == "promote b")
        #expect(await world.look() == "settled b, exit 0")
        #expect(world.log.last == "followed 3")
    }

    @Test("another repository's ledger is refused, whatever its entries say")
    func foreign() async throws {
        let world = await world()
        let other = Entry(
            id: String(repeating: "0", count: 32), at: ManualClock.start, by: "bob", reason: nil,
            key: ChannelKey(
                host: "github.com", repository: try CodeRepository("acme/other"),
                channel: world.channel.name),
            event: .hold, after: nil, hash: nil)
        world.ledger.damage(world.key, entry: 2, other.text)
        #expect(await world.promote("b") == "error b (ledger-unreadable), exit 3")
        #expect(world.reasons.first?.text.contains("acme/other") == true)
    }

    @Test("a target that cannot be read holds, and nothing else is claimed")
    func unreadableTarget() async {
        let world = await world()
        world.registry.unreadable(world.target(1))
        #expect(await world.promote("b") == "hold b (registry-unreadable), exit 3")
        #expect(await world.look() == "hold (registry-unreadable), exit 3")
    }

    @Test("a group that was split before its ledger began is finished forward, not adopted")
    func beginningSplit() async {
        let world = Scenario(keepsLedger: true)
        world.ready("a")
        world.ready("b")
        world.live("a", image: 0)
        world.live("b", image: 1)
        #expect(await world.look() == "promote b (group-healed), exit 0")
        #expect(world.log == ["promote b", "followed 1"])
        #expect(world.live == "b b")
    }

    @Test("an old read of the ledger is not taken for somebody else's move")
    func staleTip() async {
        let world = Scenario(keepsLedger: true)
        world.ready("a")
        world.live("a")
        await world.look()
        world.ready("b")
        world.ledger.before { call in
            // The entry that says so is seen late: tags at b, ledger at a.
            if call == .append { world.ledger.lag(reads: 0) }
        }
        await world.promote("b")
        world.ledger.before(nil)
        world.ledger.lag(reads: 2)
        #expect(await world.look() == "settled b, exit 0")
        #expect(world.log == ["adopt a", "promote b", "followed 2"])
    }

    @Test("somebody else who was faster is seen, and it is decided again")
    func overtaken() async {
        let world = await world()
        world.ready("c")
        let other = OnceOnly()
        world.ledger.before { call in
            guard call == .append, other.take() else { return }
            // Another run promoted c, to its end, after this one had decided.
            await world.promote("c")
        }
        #expect(await world.promote("b").hasPrefix("reject b (behind)"))
        #expect(world.live == "c c")
        #expect(world.log == ["promote a", "followed 1", "promote c", "followed 3"])
    }

    @Test("a writer that slept finds the newer plan and repairs its own damage")
    func sleeper() async {
        let world = await world()
        world.ready("c")
        let other = OnceOnly()
        world.registry.before { call in
            guard call.kind == .put, other.take() else { return }
            // While b's first write is on its way, another run heals, and promotes c.
            await world.promote("c")
        }
        #expect(await world.promote("b") == "settled b (superseded), exit 0")
        #expect(world.live == "c c")
        #expect(world.log.contains("promote c"))
        #expect(world.faults.isEmpty)
    }
}

/// True once.
final class OnceOnly: Sendable {
    private let taken = Mutex(false)
    func take() -> Bool {
        taken.withLock { taken in
            defer { taken = true }
            return !taken
        }
    }
}
