import FoundationEssentials
import PawlCore
import PawlLoopback
import Synchronization
import Testing

/// A run is killed before and after every request and every write of its ledger, and run again.
/// After each: all images at one commit, never an older one, one entry for the promotion, a ledger
/// that verifies, and a hook that heard of it.
///
/// `PAWL_CRASH_CYCLES` asks for so many cycles of each ledger, beginning again with the first place
/// when all have had their turn.
@Suite("Killed anywhere", .serialized)
struct CrashMatrixTests {
    /// Cycles of one registry at the same time: most of a cycle is waiting.
    private static let atOnce = 4
    private static let older = CrashWorld.commits[0]
    private static let newer = CrashWorld.commits[2]

    @Test("the next run finishes what was begun", arguments: LedgerKind.allCases)
    func matrix(_ kind: LedgerKind) async throws {
        try await DistributionServer.withFolder { folder in
            let writes = kind == .sqlite ? try await WriteCounter.built(in: folder) : nil
            try await CrashWorld.withRegistry { server in
                let places = try await places(kind, writes, server)
                // Of the four kinds together at least 200.
                #expect(places.count >= (kind == .none ? 30 : 60), "only \(places.count) places")
                let killed = try await Cycles.each(
                    of: Cycles.wanted(of: places), atOnce: Self.atOnce
                ) { _, place in
                    try await cycle(kind, place, writes, server)
                }
                let count = killed.count { $0 }
                Cycles.tell(
                    "killed anywhere, \(kind): \(killed.count) cycles, \(count) killed, "
                        + "\(places.count) places")
                // A run that is late asks more or less than the one that was counted.
                #expect(count >= killed.count * 9 / 10, "places that are not reached")
            }
        }
    }

    // MARK: Places

    /// Where a run can be killed.
    enum Place: Hashable, Sendable, CustomStringConvertible {
        /// At a request: counted from 0.
        case request(Int, StepProxy.Step)
        /// Before a change of the ledger's files: counted from 1.
        case write(Int)
        /// At a call of the git command: counted from 1. What it does goes on without `pawl`.
        case git(Int, StepProxy.Step)

        var description: String {
            switch self {
            case .request(let number, let step): "\(step) request \(number)"
            case .write(let number): "before write \(number)"
            case .git(let number, let step): "\(step) git \(number)"
            }
        }
    }

    /// Every place, as one run without a kill has them.
    private func places(
        _ kind: LedgerKind, _ writes: WriteCounter?, _ server: DistributionServer
    ) async throws -> [Place] {
        try await CrashWorld.with(kind, on: server) { world in
            let requests = Mutex(0)
            world.setGate { step, _ in
                if step == .before { requests.withLock { $0 += 1 } }
                return true
            }
            let counted = try GitCounter(in: world.folder, killAt: nil)
            let variables =
                kind == .gitRemote ? counted.variables : writes?.variables(killAt: nil)
            let ran = try await world.pawl(["promote", Self.newer], variables: variables ?? [:])
            try #require(ran.status == 0, "\(ran)")
            world.setGate(nil)
            try await expectWhole(world, "an undisturbed run")
            var places = (0..<requests.withLock { $0 }).flatMap { number in
                StepProxy.Step.allCases.map { Place.request(number, $0) }
            }
            if let writes { places += (1...writes.changes).map { .write($0) } }
            if kind == .gitRemote {
                places += (1...counted.calls).flatMap { number in
                    StepProxy.Step.allCases.map { .git(number, $0) }
                }
            }
            return places
        }
    }

    // MARK: One cycle

    /// Whether it was killed.
    private func cycle(
        _ kind: LedgerKind, _ place: Place, _ writes: WriteCounter?, _ server: DistributionServer
    ) async throws -> Bool {
        try await CrashWorld.with(kind, on: server) { world in
            let victim = Victim()
            var variables: [String: String] = [:]
            switch place {
            case .request(let wanted, let when):
                let count = Mutex(-1)
                world.setGate { step, _ in
                    guard step == when else { return true }
                    let number = count.withLock { count in
                        count += 1
                        return count
                    }
                    guard number == wanted else { return number < wanted }
                    victim.kill()
                    return false
                }
            case .write(let number): variables = writes?.variables(killAt: number) ?? [:]
            case .git(let number, let step):
                variables = try GitCounter(in: world.folder, killAt: (number, step)).variables
            }
            let ran = try await world.pawl(
                ["promote", Self.newer], by: victim, variables: variables)
            world.setGate(nil)
            let between = try await world.live()
            #expect(
                between.allSatisfy { $0 == Self.older || $0 == Self.newer },
                "\(kind), \(place): \(between)")

            let again = try await world.pawl(["promote", "--json"])
            #expect(again.status == 0, "\(kind), \(place): \(again)")
            try await expectWhole(world, "\(kind), \(place)")
            return ran.status == nil
        }
    }

    /// What must hold in the end.
    private func expectWhole(_ world: CrashWorld, _ place: String) async throws {
        let live = try await world.live()
        #expect(live == [Self.newer, Self.newer], "\(place)")
        guard world.kind != .none else { return }

        let entries = try await world.entries()
        let promotions = world.promotions(of: Self.newer, in: entries)
        #expect(promotions.count == 1, "\(place): \(entries.map(\.text))")
        let verified = try await world.pawl(["ledger", "verify"])
        #expect(verified.status == 0, "\(place): \(verified)")

        let number = promotions.first
        #expect(!world.heard.isEmpty, "\(place): the hook heard nothing")
        #expect(world.heard.allSatisfy { $0 == number }, "\(place): \(world.heard)")
    }
}
