import PawlCore
import PawlEngine
import PawlPorts
import PawlTesting
import Testing

@Suite("Writes that fail")
struct WriteFailureTests {
    private func world(images: [String] = ["app", "worker", "web"]) -> Scenario {
        let world = Scenario(images: images)
        world.ready("a")
        world.ready("b")
        world.live("a")
        return world
    }

    @Test(
        "a permanent refusal of one image: those moved go back, and it is named with the remedy",
        arguments: [
            (PortFailure.Code.denied, ReasonCode.registryDenied),
            (.immutable, .tagImmutable), (.refused, .unfinished), (.tooLarge, .unfinished),
        ])
    func permanent(code: PortFailure.Code, word: ReasonCode) async {
        let world = world()
        world.registry.fail([.put], world.target(1).repository, with: code)
        #expect(await world.promote("b") == "error b (\(word.rawValue)), exit 3")
        #expect(world.live == "a a a")
        #expect(world.reasons.map(\.subject) == ["\(world.target(1))"])
        #expect(world.reasons.first?.advice.isEmpty == false)
        #expect(world.receipts.last?.promoted == false)
        #expect(world.receipts.last?.images.contains(where: \.moved) == false)
        #expect(world.told.contains(.putBack(world.target(0), world.digest("a"))))
    }

    @Test("what cannot be put back is told")
    func notPutBack() async {
        let world = world()
        world.registry.fail([.put], world.target(1).repository, with: .immutable)
        // The write of `app` goes through, the one back does not.
        world.registry.before { call in
            guard case .put(let digest, let image) = call, image == world.target(0),
                digest == world.digest("a")
            else { return }
            world.registry.fail([.put], image.repository, with: .serverFailed)
        }
        #expect(await world.promote("b") == "error b (tag-immutable, unfinished), exit 3")
        #expect(world.live == "b a a")
        #expect(world.receipts.last?.images.map(\.moved) == [true, false, false])
        #expect(world.reasons.last?.subject == "\(world.target(0))")
    }

    @Test("a tag that was not there before cannot be taken away again, and that is told")
    func firstPromotionRefused() async {
        let world = Scenario()
        world.ready("a")
        world.registry.fail([.put], world.target(1).repository, with: .denied)
        #expect(await world.promote("a") == "error a (registry-denied, unfinished), exit 3")
        #expect(world.live == "a -")
        #expect(world.receipts.last?.images.map(\.moved) == [true, false])
    }

    @Test("a transient failure is exit 3, and the next run finishes forward")
    func transient() async {
        let world = world()
        world.registry.fail([.put], world.target(1).repository, with: .serverFailed, times: 1)
        #expect(
            await world.promote("b") == "error b (registry-unreadable, unfinished), exit 3")
        #expect(world.live == "b a b")
        #expect(world.receipts.last?.images.map(\.moved) == [true, false, true])

        #expect(await world.promote("b") == "promote b (group-healed), exit 0")
        #expect(world.live == "b b b")
    }

    @Test("a first promotion broken off is finished by the next look")
    func transientFirst() async {
        let world = Scenario()
        world.ready("a")
        world.registry.fail([.put], world.target(1).repository, with: .unreachable, times: 1)
        await world.promote("a")
        #expect(world.live == "a -")
        #expect(await world.look() == "promote a, exit 0")
        #expect(world.live == "a a")
    }

    @Test("push rights refused: nothing is written")
    func pushRights() async {
        let world = world()
        world.registry.fail([.preparePush], world.target(2).repository, with: .denied)
        #expect(await world.promote("b") == "error b (registry-denied), exit 3")
        #expect(world.live == "a a a")
        #expect(world.registry.writes.isEmpty)
    }

    @Test("push rights are asked for the whole group, before anything is written")
    func pushRightsFirst() async {
        let world = world()
        await world.promote("b")
        let kinds = world.registry.calls.map(\.kind)
        let asked = world.registry.calls.compactMap { call -> [Repository]? in
            if case .preparePush(let repositories) = call { repositories } else { nil }
        }
        #expect(asked == [world.channel.images.map(\.target)])
        #expect((kinds.firstIndex(of: .preparePush) ?? 99) < (kinds.firstIndex(of: .put) ?? 0))
    }

    @Test("a target moved between look and write: decided again")
    func movedOnce() async {
        let world = world(images: ["app"])
        world.ready("c")
        // Another run promotes `c` while this one is about to write `b`.
        world.registry.before { call in
            guard call.kind == .preparePush, world.live == "a" else { return }
            world.live("c")
        }
        #expect(await world.promote("b") == "reject b (behind), exit 1")
        #expect(world.live == "c")
        #expect(world.registry.writes.isEmpty)
    }

    @Test("a target moved to something older is decided again and promoted")
    func movedOlder() async {
        let world = world(images: ["app"])
        world.ready("c")
        world.live("b")
        world.registry.before { call in
            guard call.kind == .preparePush, world.live == "b" else { return }
            world.live("a")
        }
        #expect(await world.promote("c") == "promote c, exit 0")
        #expect(world.receipts.last?.previous == .named("a"))
        #expect(world.registry.count(.preparePush) == 2)
    }

    @Test("a target that keeps moving: three times, then exit 3")
    func keepsMoving() async {
        let world = world(images: ["app"])
        world.registry.before { call in
            guard case .preparePush = call else { return }
            let count = world.registry.count(.preparePush)
            world.registry.publish(
                .named("stranger \(count)"), .says(CommitID.named("a").hex), at: world.target())
        }
        #expect(await world.promote("b") == "error b (target-moved), exit 3")
        #expect(world.registry.count(.preparePush) == 3)
        #expect(world.registry.writes.isEmpty)
    }

    @Test("the look before the write fails: nothing is written")
    func lookBeforeWrite() async {
        let world = world()
        world.registry.fail(
            [.digest], world.target(1).repository, tag: world.channel.to, with: .timedOut)
        #expect(await world.promote("b") == "error b (registry-unreadable), exit 3")
        #expect(world.registry.writes.isEmpty)
        #expect(world.live == "a a a")
    }

    @Test("a write that happened but whose answer was lost: the next run sees that it is done")
    func lostAnswer() async {
        let world = world()
        world.registry.loseAnswers(of: world.target(1).repository)
        #expect(
            await world.promote("b") == "error b (registry-unreadable, unfinished), exit 3")
        #expect(world.live == "b b b")
        #expect(await world.promote("b") == "settled b, exit 0")
        #expect(world.registry.writes.count == 3)
    }

    @Test("a registry that shows a tag's old digest for a while is asked again by the next run")
    func staleReads() async {
        let world = world(images: ["app"])
        await world.promote("b")
        world.registry.lag(world.target(), reads: 1)
        // The stale read says `a`; the look before the write says `b`, so it is decided again.
        #expect(await world.promote("b") == "settled b, exit 0")
        #expect(world.registry.writes.count == 1)
    }
}
