import PawlCore
import PawlTesting
import Testing

@Suite("Close calls: what looks like evidence and is none")
struct CloseCallTests {
    @Test("a tag that was taken away is still where the ledger says: nothing older goes there")
    func deletedAndRewritten() async {
        let world = Scenario(images: ["app"], keepsLedger: true)
        world.ready("a")
        world.ready("b")
        await world.promote("b")
        world.rewind(to: "a")
        world.registry.remove(world.target())
        #expect(await world.look().hasPrefix("hold"))
        #expect(await world.promote("a").contains("behind"))
        #expect(world.live == "-")
    }

    @Test("a split group whose newest commit left the branch is called split")
    func splitOffBranch() async {
        let world = Scenario()
        world.ready("a")
        world.ready("b")
        world.live("a", image: 0)
        world.live("b", image: 1)
        world.rewind(to: "a")
        #expect(await world.look() == "error b (group-split, other-branch), exit 3")
        world.ready("c")
        #expect(await world.promote("c").contains("group-split"))
    }

    @Test("a reason about another commit names it")
    func namedReason() async {
        let world = Scenario()
        world.ready("a")
        world.commit("b")
        world.built("b")
        world.gate("e2e.yml", "b", .failure)
        world.live("a", image: 0)
        world.live("b", image: 1)
        world.ready("c")
        #expect(await world.promote("c") == "error c (group-split, gate-failed), exit 3")
        let reason = world.reasons.first { $0.code == .gateFailed }
        #expect(reason?.subject == CommitID.named("b").hex)
        #expect(reason?.text.contains(CommitID.named("b").short) == true)
    }

    @Test("a look passes over what is behind one image, also where policy settles late events")
    func behindSettles() async {
        let world = Scenario(forward: ForwardRules(behind: .settle))
        world.ready("a")
        world.ready("b")
        world.live("b", image: 0)
        world.rewind(to: "a")
        world.ready("c")
        world.gate("e2e.yml", "c", .failure)
        let line = await world.look()
        #expect(line.hasPrefix("hold ("), "\(line)")
        #expect(line.contains("gate-failed"), "\(line)")
        #expect(line.contains("behind"), "\(line)")
    }

    @Test("a tag that is moved while a look is under way is not called settled")
    func movedWhileLooking() async {
        let world = Scenario(keepsLedger: true)
        world.ready("a")
        world.ready("b")
        await world.promote("b")
        world.ready("c")
        let once = OnceOnly()
        world.registry.before { call in
            guard call == .pin(world.target(1)), once.take() else { return }
            world.live("a", image: 1)
        }
        #expect(await world.look() == "hold c (moved-by-others), exit 0")
    }

    @Test("a hold always says why")
    func reasonForHold() async {
        let world = Scenario()
        world.commit("a")
        world.live("a", image: 0, says: .unlabelled)
        #expect(await world.look() == "hold (build-absent), exit 0")
        let empty = Scenario(images: ["app"])
        empty.ready("a")
        empty.registry.publish(.named("old"), .unlabelled, at: empty.target())
        empty.gate("e2e.yml", "a", .failure)
        #expect(await empty.event(Scenario.buildWorkflow, "a").contains("nothing-newer"))
    }

    private func pathWorld(forward: ForwardRules = ForwardRules()) -> Scenario {
        let world = Scenario(forward: forward)
        world.commit("a")
        world.workflowFile("e2e.yml", .paths("src/**"))
        world.built("a")
        world.gate("e2e.yml", "a", .success)
        world.live("a")
        return world
    }

    @Test("a branch log that cannot be read is not a gate without a verdict")
    func logUnreadable() async {
        let world = pathWorld()
        world.commit("b")
        world.changed("b", ["docs/guide.md"])
        world.built("b")
        world.host.unreadable(.log)
        #expect(await world.promote("b") == "hold b (gate-unreadable), exit 3")
    }

    @Test("of several jobs of one name every one must be a success")
    func jobsOfOneName() async {
        for (other, line) in [
            (RunState.failure, "reject b (gate-failed), exit 1"),
            (.skipped, "hold b (gate-skipped), exit 0"),
            (.unknown("odd"), "reject b (gate-unknown), exit 1"),
            (.success, "promote b, exit 0"),
        ] {
            let gate = WorkflowGate(workflow: WorkflowName("e2e.yml"), job: "e2e")
            let world = Scenario(gates: [.workflow(gate)])
            world.ready("a")
            world.live("a")
            world.ready("b")
            guard let run = world.newestRun(of: "e2e.yml", "b") else {
                Issue.record("there is no run")
                return
            }
            world.host.jobs(
                [Job(name: "e2e", state: .success), Job(name: "e2e", state: other)], of: run.id)
            #expect(await world.promote("b") == line)
        }
    }

    @Test("of several reports of one second the worst counts, whichever is listed first")
    func checkTie() async {
        for order in [[RunState.success, .failure], [.failure, .success]] {
            let world = Scenario(gates: [.check(name: "unit", app: nil)])
            world.ready("a")
            world.live("a")
            world.ready("b")
            for state in order {
                world.host.check(
                    CheckResult(
                        name: "unit", app: "github-actions", state: state, at: world.clock.now),
                    at: .named("b"))
            }
            #expect(await world.promote("b") == "reject b (gate-failed), exit 1")
        }
    }

    @Test("what one member was let through with says nothing for another that nobody knows")
    func partlyKnown() async {
        let world = pathWorld(forward: ForwardRules(unlabelled: .accept))
        world.commit("b")
        world.changed("b", ["src/login.swift"])
        world.built("b")
        world.gate("e2e.yml", "b", .failure)
        world.commit("c")
        world.changed("c", ["docs/guide.md"])
        world.built("c")
        world.live("b", image: 0)
        world.live("a", image: 1, says: .unlabelled)
        let line = await world.promote("c")
        #expect(line.hasPrefix("reject c (gate-failed"), "\(line)")
    }

    @Test("a commit that one tag was moved to by hand is not let through for the other")
    func movedByHand() async {
        let world = pathWorld()
        world.commit("b")
        world.changed("b", ["src/login.swift"])
        world.built("b")
        world.live("b", image: 0)
        world.registry.remove(world.target(1))
        let line = await world.promote("b")
        #expect(!line.hasPrefix("promote"), "\(line)")
        #expect(world.registry.writes.isEmpty)
    }

    @Test("putting back leaves alone what somebody else has moved on meanwhile")
    func putBackLooks() async {
        let world = Scenario()
        for name in ["a", "b", "c"] { world.ready(name) }
        world.live("a")
        let registry = world.registry
        let (first, second) = (world.target(0), world.target(1))
        let (older, newer) = (world.digest("b"), world.digest("c"))
        registry.fail([.put], second.repository, with: .denied)
        registry.before { call in
            // Just before the first tag is looked at again, another run has moved it on.
            guard case .digest(first) = call, registry.current(first) == older else { return }
            registry.publish(newer, .says(CommitID.named("c").hex), at: first)
        }
        let line = await world.promote("b")
        #expect(line.hasPrefix("error b (registry-denied"), "\(line)")
        #expect(world.live == "c a")
    }

    @Test("a write whose answer was lost goes back too, where another image is refused for good")
    func lostBesideRefused() async {
        let world = Scenario(images: ["app", "worker", "web"])
        world.ready("a")
        world.ready("b")
        world.live("a")
        world.registry.loseAnswers(of: world.target(0).repository)
        world.registry.fail([.put], world.target(1).repository, with: .denied)
        let line = await world.promote("b")
        #expect(line.hasPrefix("error b (registry-"), "\(line)")
        #expect(world.live.hasSuffix(" a a"), "\(world.live)")
    }
}
