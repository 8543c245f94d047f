import PawlCore
import PawlEngine
import PawlTesting
import Testing

@Suite("A rollback")
struct RollbackStoryTests {
    /// `a`, `b` and `c` were live one after the other.
    private func world(images: [String] = ["app", "worker"]) async -> Scenario {
        let world = Scenario(images: images, keepsLedger: true)
        for name in ["a", "b", "c"] {
            world.ready(name)
            await world.promote(name)
        }
        return world
    }

    @Test("takes the whole group to the recorded digests, and the next event does not undo it")
    func stays() async {
        let world = await world()
        #expect(await world.rollback("a") == "promote a (held), exit 0")
        #expect(world.live == "a a")
        #expect(world.log.suffix(2) == ["rollback a", "followed 7"])
        let entry = world.entries.first { $0.number == 7 }
        #expect(entry?.actor == "ada")
        #expect(entry?.reason == "it is broken")
        #expect(await world.event("e2e.yml", "c").hasPrefix("reject c"))
        world.ready("d")
        #expect(await world.event("e2e.yml", "d") == "hold d (held); look: hold (held), exit 0")
        #expect(await world.look() == "hold (held), exit 0")
        #expect(world.live == "a a")
    }

    @Test("quarantines every commit after it up to the branch's tip")
    func quarantines() async {
        let world = await world()
        world.ready("d")
        await world.rollback("a")
        for name in ["b", "c", "d"] {
            #expect(await world.promote(name) == "reject \(name) (held, quarantined), exit 1")
        }
    }

    @Test("needs no source tag: the registry still has what was recorded")
    func withoutSources() async {
        let world = await world()
        for image in world.channel.images.indices {
            world.registry.remove(world.source("a", image: image))
        }
        #expect(await world.rollback("a") == "promote a (held), exit 0")
        #expect(world.live == "a a")
    }

    @Test("to a commit that was never live takes its source tags")
    func neverLive() async {
        let world = Scenario(keepsLedger: true)
        for name in ["a", "b", "c"] { world.ready(name) }
        await world.promote("c")
        #expect(await world.rollback("b") == "promote b (held), exit 0")
        #expect(world.live == "b b")
    }

    @Test("to a commit without images moves nothing")
    func noImages() async {
        let world = Scenario(keepsLedger: true)
        world.ready("a")
        world.commit("b")
        world.ready("c")
        await world.promote("c")
        #expect(await world.rollback("b").hasPrefix("hold b (build-absent)"))
        #expect(world.live == "c c")
        #expect(world.log.last == "followed 1")
    }

    @Test("takes no record that lacks an image of the group")
    func partialRecord() async {
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
                            target: world.target(0), digest: .named("old"), before: nil)
                    ])), after: nil, hash: nil)
        _ = try? await world.ledger.append(title: "", text: entry.text, to: world.key, after: nil)
        world.registry.publish(.named("old"), .says(CommitID.named("a").hex), at: world.target(0))
        await world.promote("b")
        #expect(world.live == "b b")
        #expect(await world.rollback("a") == "promote a (held), exit 0")
        #expect(world.registry.current(world.target(0)) == world.digest("a"))
        #expect(world.live == "a a")
    }

    @Test("that is only tried writes nothing")
    func dryRun() async {
        let world = await world()
        #expect(await world.rollback("a", dryRun: true) == "promote a (held), exit 0")
        #expect(world.live == "c c")
        #expect(world.log.last == "followed 5")
        #expect(await world.hold(dryRun: true) == "hold, exit 0")
        #expect(world.log.last == "followed 5")
    }

    @Test("of a channel whose ledger knew of no move says what it was taken back from")
    func first() async {
        let world = Scenario(keepsLedger: true)
        for name in ["a", "b"] { world.ready(name) }
        world.live("b")
        #expect(await world.rollback("a") == "promote a (held), exit 0")
        #expect(world.log == ["adopt b", "rollback a", "followed 2"])
        #expect(world.receipts.last?.previous == .named("b"))
    }

    @Test("to a commit that the repository does not have is wrong use")
    func unknown() async {
        let world = await world()
        #expect(await world.rollback("nowhere") == "error (bad-candidate), exit 2")
        #expect(await world.resume(from: "nowhere") == "error (bad-candidate), exit 2")
    }

    @Test("does not let a commit go that a person had named")
    func namedStays() async {
        let world = await world()
        await world.quarantine("c")
        await world.rollback("a")
        await world.resume(from: "b")
        #expect(await world.promote("c") == "reject c (quarantined), exit 1")
        await world.resume(from: "c")
        #expect(await world.promote("c") == "promote c, exit 0")
    }

    @Test("is refused while nobody can say which commits came after: they would go again")
    func unreadableLog() async {
        let world = await world()
        world.host.unreadable(.log)
        #expect(await world.rollback("a") == "error a (ancestry-unreadable), exit 3")
        #expect(
            await world.promote("a", override: "c leaks") == "hold a (ancestry-unreadable), exit 3")
        #expect(world.live == "c c")
        #expect(world.log.last == "followed 5")
    }

    @Test("a second time keeps what the first one had quarantined")
    func twice() async {
        let world = await world()
        await world.rollback("b")
        world.ready("d")
        await world.rollback("a")
        for name in ["b", "c", "d"] {
            #expect(world.entries.last?.state.isQuarantined(.named(name)) == true)
        }
    }

    @Test("forward is no rollback")
    func forward() async {
        let world = await world()
        world.ready("d")
        #expect(await world.rollback("d") == "reject d (not-behind), exit 1")
        #expect(world.live == "c c")
    }

    @Test("to a commit of another branch is refused")
    func otherBranch() async {
        let world = await world()
        world.commit("x", parents: ["a"], on: "feature")
        world.built("x")
        #expect(await world.rollback("x") == "reject x (other-branch), exit 1")
    }

    @Test("by override of an older commit is one too: it holds")
    func byOverride() async {
        let world = await world()
        #expect(await world.promote("b", override: "c leaks") == "promote b (held), exit 0")
        #expect(world.log.suffix(2) == ["rollback b", "followed 7"])
        world.ready("d")
        #expect(await world.event("e2e.yml", "d") == "hold d (held); look: hold (held), exit 0")
        #expect(await world.promote("c") == "reject c (held, quarantined), exit 1")
    }

    @Test("that was killed half way is finished by the next run")
    func killed() async {
        let world = await world()
        world.registry.fail([.put], world.channel.images[1].target, with: .timedOut)
        #expect(await world.rollback("a").hasPrefix("error a"))
        #expect(world.live == "a c")
        world.registry.recover()
        #expect(await world.look() == "hold (group-healed, held), exit 0")
        #expect(world.live == "a a")
    }

    @Test("is over with resume: what comes after the tip goes, the tip itself stays out")
    func resume() async {
        let world = await world()
        await world.rollback("a")
        #expect(
            await world.resume()
                == "settled c; look: settled a (quarantined, below-floor), exit 0")
        #expect(world.live == "a a")
        #expect(await world.promote("c") == "reject c (quarantined), exit 1")
        #expect(await world.promote("b") == "reject b (below-floor), exit 1")
        world.ready("d")
        #expect(await world.event("e2e.yml", "d") == "promote d, exit 0")
        #expect(world.live == "d d")
    }

    @Test("resume from a named commit lets it go again, and says that it goes next")
    func resumeFrom() async {
        let world = await world()
        await world.rollback("a")
        #expect(
            await world.resume(from: "b") == "settled b; look: promote c, exit 0")
        #expect(world.live == "a a")
        #expect(await world.look() == "promote c, exit 0")
    }

    @Test("a commit beside the floor does not go, nor one whose place cannot be told")
    func floor() async {
        let world = await world()
        world.commit("x", parents: ["a"], on: "feature")
        world.built("x")
        world.gate("e2e.yml", "x", .success)
        await world.hold()
        await world.resume(from: "c")
        world.commit("m", parents: ["c", "x"])
        #expect(await world.promote("x", override: nil).contains("below-floor"))
        world.ready("d")
        world.host.page(rows: 1)
        world.host.unreadable(.ancestry)
        #expect(await world.promote("d") == "hold d (ancestry-unreadable), exit 3")
    }

    @Test("resume from a commit of another branch is refused")
    func resumeElsewhere() async {
        let world = await world()
        world.commit("x", parents: ["a"], on: "feature")
        #expect(await world.resume(from: "x") == "reject x (other-branch), exit 1")
    }
}

@Suite("What people say about a channel")
struct PeopleStoryTests {
    private func world() async -> Scenario {
        let world = Scenario(keepsLedger: true)
        world.ready("a")
        await world.promote("a")
        world.ready("b")
        return world
    }

    @Test("a held channel does not move by itself, and an order passes it once")
    func hold() async {
        let world = await world()
        #expect(await world.hold(reason: "release day") == "hold (held), exit 0")
        #expect(world.reasons.first?.text.contains("ada") == true)
        #expect(world.reasons.first?.text.contains("release day") == true)
        #expect(await world.promote("b") == "hold b (held), exit 0")
        #expect(await world.look() == "hold (held), exit 0")
        #expect(await world.promote("b", override: "hotfix") == "promote b, exit 0")
        world.ready("c")
        #expect(await world.look() == "hold (held), exit 0")
        #expect(await world.hold() == "hold (held), exit 0")
        #expect(world.log.count { $0 == "hold" } == 1)
    }

    @Test("a hold works while the registry is down")
    func holdWithoutRegistry() async {
        let world = await world()
        for image in world.channel.images.indices { world.registry.unreadable(world.target(image)) }
        #expect(await world.hold() == "hold (held), exit 0")
        #expect(world.log.last == "hold")
    }

    @Test("a quarantined commit is passed over, and its descendants go")
    func quarantine() async {
        let world = await world()
        #expect(await world.quarantine("b") == "settled b, exit 0")
        #expect(await world.promote("b") == "reject b (quarantined), exit 1")
        #expect(await world.look() == "settled a (quarantined), exit 0")
        world.ready("c")
        #expect(await world.look() == "promote c, exit 0")
    }

    @Test("a quarantined commit that is live stays, and that is said")
    func quarantineLive() async {
        let world = await world()
        #expect(await world.quarantine("a") == "settled a (quarantined), exit 0")
        #expect(world.live == "a a")
    }

    @Test("a hold before anything was promoted does not hide what is live")
    func holdFirst() async {
        let world = Scenario(keepsLedger: true)
        world.ready("a")
        world.live("a")
        await world.hold()
        await world.resume()
        #expect(await world.look() == "settled a (adopted), exit 0")
        #expect(world.log == ["hold", "resume a", "adopt a"])
    }
}
