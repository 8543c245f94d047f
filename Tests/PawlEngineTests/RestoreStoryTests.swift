import PawlCore
import PawlEngine
import PawlTesting
import Testing

@Suite("A move that cannot be finished")
struct RestoreStoryTests {
    private func world() async -> Scenario {
        let world = Scenario(keepsLedger: true)
        for name in ["a", "b"] {
            world.ready(name)
            await world.promote(name)
        }
        world.ready("c")
        return world
    }

    @Test("gives way to the newest earlier move, in the ledger and at the tags")
    func restored() async {
        for code in [PortFailure.Code.denied, .immutable, .refused, .missing] {
            let world = await world()
            world.registry.fail([.put], world.channel.images[1].target, with: code)
            let line = await world.promote("c")
            #expect(line.hasPrefix("error c (") && line.hasSuffix("restored), exit 3"))
            #expect(world.live == "b b")
            #expect(world.log.suffix(3) == ["promote c", "restore b", "followed 6"])
            world.registry.recover()
            #expect(await world.promote("c") == "promote c, exit 0")
        }
    }

    @Test("does not give way to a move that a person took back, though its hold was lifted")
    func takenBack() async {
        let world = await world()
        await world.promote("c")
        await world.rollback("b")
        world.ready("d")
        await world.resume()
        for image in 0...1 {
            world.registry.forget(
                world.digest("b", image: image), in: world.channel.images[image].target)
        }
        world.registry.fail([.put], world.channel.images[1].target, with: .missing, times: 1)
        #expect(await world.promote("d").hasPrefix("error d ("))
        #expect(world.live == "a a")
        #expect(world.log.suffix(2) == ["restore a", "followed 11"])
    }

    @Test("is not tried again by every look: the rest of the group would go forth and back")
    func pause() async {
        let world = await world()
        world.registry.fail([.put], world.channel.images[1].target, with: .immutable)
        await world.promote("c")
        let writes = world.registry.count(.put)
        #expect(await world.look() == "settled b (restored), exit 0")
        #expect(
            await world.event("e2e.yml", "c") == "hold c (restored); look: settled b, exit 0")
        #expect(world.registry.count(.put) == writes)
        world.registry.recover()
        world.clock.advance(by: .seconds(600))
        #expect(await world.look() == "promote c, exit 0")
        #expect(world.entries.last?.state.gaveWay == nil)
    }

    @Test("and was overtaken while it gave way leaves the newer move to stand")
    func overtaken() async {
        let world = await world()
        world.ready("d")
        world.registry.fail([.put], world.channel.images[1].target, with: .immutable, times: 1)
        let once = OnceOnly()
        world.ledger.before { call in
            // c was refused; before that is recorded, another run puts c back and promotes d.
            guard call == .append, world.log.last == "promote c", once.take() else { return }
            await world.follow()
            await world.promote("d")
        }
        let line = await world.promote("c")
        world.ledger.before(nil)
        #expect(line == "settled c (superseded), exit 0")
        #expect(world.live == "d d")
    }

    @Test("puts an image that the earlier move does not name back to where it was found")
    func unnamed() async {
        let world = Scenario(keepsLedger: true)
        for name in ["a", "b"] { world.ready(name) }
        let entry = Entry(
            id: String(repeating: "0", count: 32), at: ManualClock.start, by: "bob", reason: nil,
            key: world.key,
            event: .move(
                Movement(
                    kind: .adopt, commit: .named("a"), previous: nil,
                    images: [
                        Movement.Image(
                            target: world.target(0), digest: world.digest("a"), before: nil)
                    ])), after: nil, hash: nil)
        _ = try? await world.ledger.append(title: "", text: entry.text, to: world.key, after: nil)
        world.live("a")
        world.registry.fail([.put], world.channel.images[0].target, with: .immutable)
        #expect(await world.promote("b") == "error b (tag-immutable, restored), exit 3")
        #expect(world.live == "a a")
    }

    @Test("goes back past a commit that is quarantined")
    func pastQuarantined() async {
        let world = await world()
        await world.quarantine("b")
        world.registry.fail([.put], world.channel.images[1].target, with: .missing, times: 1)
        #expect(await world.promote("c").hasPrefix("error c (unfinished, restored)"))
        #expect(world.live == "a a")
    }

    @Test("goes back past a move whose digests are gone")
    func pastGone() async {
        let world = await world()
        world.registry.forget(world.digest("b"), in: world.channel.images[0].target)
        world.registry.fail([.put], world.channel.images[1].target, with: .missing, times: 1)
        #expect(await world.promote("c").hasPrefix("error c (unfinished, restored)"))
        #expect(world.live == "a a")
    }

    @Test("without an earlier move leaves the tags alone and says so")
    func nothingEarlier() async {
        let world = Scenario(keepsLedger: true)
        world.ready("a")
        world.registry.fail([.put], world.channel.images[1].target, with: .immutable)
        #expect(await world.promote("a") == "error a (tag-immutable, unfinished), exit 3")
        #expect(world.live == "a -")
        #expect(world.log == ["promote a"])
    }

    @Test("is told before it is recorded where rights are asked for beforehand")
    func rightsFirst() async {
        let world = await world()
        world.registry.fail([.preparePush], world.channel.images[1].target, with: .denied)
        #expect(await world.promote("c") == "error c (registry-denied), exit 3")
        #expect(world.log.last == "followed 3")
    }
}

@Suite("Hooks")
struct HookStoryTests {
    private static let redeploy = Hook.dispatch(
        WorkflowName("redeploy.yml"),
        inputs: [Hook.Input(name: "sha", template: "{sha}")])
    private static let chat = Hook.webhook(
        Secret("https://chat.acme.example/hook/T0K3N"), secret: nil)

    private func world(_ hooks: [Hook] = [redeploy, chat]) async -> Scenario {
        let world = Scenario(keepsLedger: true, hooks: hooks)
        world.ready("a")
        return world
    }

    @Test("are told once of a move, after its tags followed")
    func once() async {
        let world = await world()
        #expect(await world.promote("a") == "promote a, exit 0")
        #expect(world.announced == ["dispatch redeploy.yml 1", "webhook chat.acme.example 1"])
        #expect(
            world.log == [
                "promote a", "followed 1", "announcing 1", "announced 1", "announcing 1",
                "announced 1",
            ])
        await world.look()
        await world.promote("a")
        #expect(world.announced.count == 2)
    }

    @Test("that fail undo nothing and repeat nothing: a dead letter stands in the ledger")
    func deadLetter() async {
        let world = await world([Self.chat])
        world.deafen("webhook chat.acme.example")
        #expect(await world.promote("a") == "promote a (hook-failed), exit 0")
        #expect(world.live == "a a")
        #expect(world.log.last == "dead letter 1")
        await world.look()
        #expect(world.announced.count == 1)
        #expect(!world.ledger.all(world.key).joined().contains("T0K3N"))
    }

    @Test("are told by the next run if the first one died before it could")
    func pending() async {
        let world = await world([Self.chat])
        // The run dies once its tags have followed.
        world.ledger.before { call in
            if call == .append, world.log.last == "followed 1" {
                world.ledger.fail(.append, with: .timedOut, times: 1)
            }
        }
        await world.promote("a")
        world.ledger.before(nil)
        #expect(world.announced == [])
        await world.look()
        #expect(world.announced == ["webhook chat.acme.example 1"])
        #expect(world.log.last == "announced 1")
    }

    @Test("are told again where a run died while telling, after a pause")
    func diedTelling() async {
        let world = await world([Self.chat])
        world.ledger.before { call in
            if call == .append, world.log.last == "announcing 1" {
                world.ledger.fail(.append, with: .timedOut, times: 1)
            }
        }
        await world.promote("a")
        world.ledger.before(nil)
        #expect(world.log.last == "announcing 1")
        await world.look()
        #expect(world.clock.slept.contains { $0 > .zero && $0 <= .seconds(10) })
        #expect(world.announced.count == 2)
        #expect(world.log.last == "announced 1")
    }

    @Test("hear nothing of a move whose tags did not follow")
    func unfollowed() async {
        let world = await world([Self.chat])
        world.registry.fail([.put], world.channel.images[1].target, with: .timedOut)
        await world.promote("a")
        #expect(world.announced == [])
    }

    @Test("wait no longer than the pause for a run whose clock is ahead")
    func clockAhead() async {
        let world = await world([Self.chat])
        world.ledger.before { call in
            if call == .append, world.log.last == "followed 1" {
                world.ledger.fail(.append, with: .timedOut, times: 1)
            }
        }
        await world.promote("a")
        world.ledger.before(nil)
        let tip = world.entries.last
        let ahead = Entry(
            id: String(repeating: "0", count: 32), at: world.clock.now + .seconds(3600), by: "bob",
            reason: nil,
            key: world.key, event: .announcing(1, hook: "webhook chat.acme.example"), after: tip,
            hash: tip.map { Scenario.hash($0.text) })
        let newest = try? await world.ledger.tip(of: world.key)
        _ = try? await world.ledger.append(
            title: "", text: ahead.text, to: world.key, after: newest)
        await world.look()
        #expect(world.clock.slept.allSatisfy { $0 <= .seconds(10) })
        #expect(world.announced.count == 1)
    }

    @Test("are told only of the newest move")
    func newestOnly() async {
        let world = await world([Self.chat])
        world.ledger.before { call in
            if call == .append, world.log.last == "followed 1" {
                world.ledger.fail(.append, with: .timedOut, times: 1)
            }
        }
        await world.promote("a")
        world.ledger.before(nil)
        world.ready("b")
        await world.promote("b")
        #expect(world.announced == ["webhook chat.acme.example 3"])
    }

    @Test("hear nothing of what others moved")
    func adoption() async {
        let world = await world()
        world.live("a")
        await world.look()
        #expect(world.log == ["adopt a"])
        #expect(world.announced == [])
    }

    @Test("hear of a rollback")
    func rollback() async {
        let world = await world([Self.chat])
        await world.promote("a")
        world.ready("b")
        await world.promote("b")
        await world.rollback("a")
        #expect(world.announced.count == 3)
    }

    @Test("are not told by readers")
    func reader() async {
        let world = await world([Self.chat])
        await world.promote("a", dryRun: true)
        #expect(world.announced == [])
    }
}
