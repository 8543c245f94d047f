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
        }
        for (name, commit) in HistoryContract.branches {
            host.reset(try BranchName(name), to: .named(commit))
        }
        let ids = Dictionary(
            uniqueKeysWithValues: HistoryContract.commits.map { ($0.name, CommitID.named($0.name)) }
        )
        #expect(await HistoryContract(host, ids: ids).breaches() == [])
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
