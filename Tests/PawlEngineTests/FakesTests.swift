import PawlCore
import PawlPorts
import PawlTesting
import Testing

@Suite("The fakes keep the contracts that the real adapters keep")
struct FakesTests {
    @Test("the registry in memory")
    func registry() async throws {
        let registry = MemoryRegistry()
        let repository = try Repository("ghcr.io/acme/app")
        var digests: [String: Digest] = [:]
        for image in RegistryContract.images {
            let digest = Digest.named(image.tag)
            digests[image.tag] = digest
            registry.publish(
                digest, image.revision, at: ImageReference(repository, try Tag(image.tag)))
        }
        let contract = RegistryContract(registry, repository: repository, digests: digests)
        #expect(await contract.breaches() == [])
    }

    @Test("the code host in memory")
    func history() async throws {
        let host = MemoryHost()
        let branch = try BranchName("build")
        for commit in HistoryContract.commits {
            host.commit(
                CommitGraph.Commit(
                    id: .named(commit.name), parents: commit.parents.map(CommitID.named)),
                on: branch)
            host.tree(commit.files, of: .named(commit.name))
        }
        for (name, commit) in HistoryContract.branches {
            host.reset(try BranchName(name), to: .named(commit))
        }
        let ids = Dictionary(
            uniqueKeysWithValues: HistoryContract.commits.map { ($0.name, CommitID.named($0.name)) }
        )
        #expect(await HistoryContract(host, ids: ids).breaches() == [])
    }

    @Test("a commit of a scenario changes what is said of it, and a revert changes nothing")
    func changes() async throws {
        let world = Scenario()
        for name in ["a", "b", "c", "d"] { world.commit(name) }
        world.changed("b", ["docs/a.md"])
        world.changed("c", [])
        world.renamed("c", "docs/a.md", to: "docs/b.md")
        world.removed("d", ["docs/b.md"])
        world.wrote("d", Scenario.anyFile, "\(Scenario.anyFile) as of a\n")
        for (base, commit, paths) in [
            ("a", "b", ["docs/a.md"]), ("b", "c", ["docs/b.md", "docs/a.md"]),
            ("a", "c", ["docs/b.md"]), ("c", "d", ["docs/b.md"]), ("a", "d", []),
        ] {
            let changes = try await world.host.changes(from: .named(base), to: .named(commit))
            #expect(changes.paths == paths, "\(base) to \(commit)")
            #expect(changes.isWhole)
        }
        world.changed("d", ["1", "2", "3"])
        world.host.listed(files: 3)
        let cut = try await world.host.changes(from: .named("c"), to: .named("d"))
        #expect(cut.paths == ["1", "2", "3"])
        #expect(!cut.isWhole)
        world.host.unreadable(.changes, .throttled)
        await #expect(throws: PortFailure.self) {
            try await world.host.changes(from: .named("c"), to: .named("d"))
        }
        #expect(world.host.count(.changes) == 7)
    }

    @Test("a scenario's workflow files are read as what they were written from")
    func workflowFiles() async throws {
        let world = Scenario()
        for name in ["a", "b", "c", "d"] { world.commit(name) }
        let path = ".github/workflows/e2e.yml"
        let before = try await world.host.file(at: path, of: .named("b"))
        var nightly = WorkflowFile(name: "nightly", push: .never, hasSchedule: true)
        world.workflowFile("e2e.yml", at: "b", nightly)
        nightly.job = "make check"
        world.workflowFile("e2e.yml", at: "c", nightly)
        world.workflowFile("e2e.yml", at: "d", bytes: nil)

        var files: [[UInt8]] = []
        for name in ["a", "b", "c"] {
            files.append(
                try #require(try await world.host.file(at: path, of: .named(name))))
        }
        #expect(before == files[0])
        #expect(Set(files).count == 3)
        #expect(try await world.host.file(at: path, of: .named("d")) == nil)
        let triggers = try files.map { try world.workflowReader.triggers($0) }
        #expect(triggers[0].push == .on(branches: .all, paths: .all))
        #expect(triggers[1] == WorkflowTriggers(name: "nightly", push: .never, hasSchedule: true))
        #expect(triggers[2] == triggers[1])
        #expect(throws: PortFailure.self) { try world.workflowReader.triggers([0]) }
        let changes = try await world.host.changes(from: .named("a"), to: .named("b"))
        #expect(changes.paths == [path, Scenario.anyFile])
    }

    @Test("the runs of a workflow are told by name and since when")
    func runsOfWorkflow() async throws {
        let world = Scenario()
        world.commit("a")
        let old = world.run("e2e.yml", "a", .success, ago: .seconds(20))
        let new = world.run("e2e.yml", "a", .failure, ago: .seconds(10))
        world.run("lint.yml", "a", .success, ago: .seconds(5))
        let workflow = WorkflowName("e2e.yml")
        #expect(try await world.host.runs(of: workflow, since: nil) == [old, new])
        #expect(try await world.host.runs(of: workflow, since: new.createdAt) == [new])
        #expect(world.host.count(.runsOfWorkflow) == 2)
    }

    @Test("the clock moves only when it is told to, and what was planned happens in order")
    func clock() async throws {
        let clock = ManualClock()
        let world = Scenario()
        for (seconds, name) in [(3, "late"), (1, "early")] {
            clock.after(.seconds(seconds)) { world.commit(name) }
        }
        try await clock.clock.sleep(.seconds(2))
        #expect(world.host.tip(of: world.policy.branch) == .named("early"))
        clock.advance(by: .seconds(1))
        #expect(world.host.tip(of: world.policy.branch) == .named("late"))
        #expect(clock.now.since(ManualClock.start) == .seconds(3))
        #expect(clock.slept == [.seconds(2)])
    }
}
