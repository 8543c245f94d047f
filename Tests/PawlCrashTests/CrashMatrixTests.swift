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
@Suite("Killed anywhere")
struct CrashMatrixTests {
    /// Cycles of one registry at the same time: most of a cycle is waiting.
    private static let atOnce = 4
    private static let older = CrashWorld.commits[0]
    private static let newer = CrashWorld.commits[2]

    @Test("the next run finishes what was begun", arguments: LedgerKind.allCases)
    func matrix(_ kind: LedgerKind) async throws {
        try await CrashWorld.withRegistry { server in
            let places = try await places(kind, server)
            let count = Cycles.wanted ?? places.count
            let cycles = (0..<count).map { places[$0 % places.count] }
            // Of the four kinds together at least 200.
            #expect(places.count >= 50, "only \(places.count) places to be killed at")
            _ = try await Cycles.each(of: cycles, atOnce: Self.atOnce) { _, place in
                try await cycle(kind, place, server)
            }
            Cycles.tell("killed anywhere, \(kind): \(count) cycles, \(places.count) places")
        }
    }

    // MARK: Places

    /// Where a run can be killed.
    enum Place: Hashable, Sendable, CustomStringConvertible {
        /// At a request: counted from 0.
        case request(Int, StepProxy.Step)
        /// At a write of the ledger's file: a system call, counted from 1.
        case write(String, Int, isBefore: Bool)
        /// At a call of the git command: counted from 1. What it does goes on without `pawl`.
        case git(Int, StepProxy.Step)

        var description: String {
            switch self {
            case .request(let number, let step): "\(step) request \(number)"
            case .write(let call, let number, let isBefore):
                "\(isBefore ? "before" : "after") \(call) \(number)"
            case .git(let number, let step): "\(step) git \(number)"
            }
        }
    }

    /// Every place, as one run without a kill has them.
    private func places(
        _ kind: LedgerKind, _ server: DistributionServer
    ) async throws -> [Place] {
        try await CrashWorld.with(kind, on: server) { world in
            let requests = Mutex(0)
            world.setGate { step, _ in
                if step == .before { requests.withLock { $0 += 1 } }
                return true
            }
            let counted = try GitCounter(in: world.folder, killAt: nil)
            let ran = try await world.pawl(
                ["promote", Self.newer], variables: kind == .gitRemote ? counted.variables : [:])
            try #require(ran.status == 0, "\(ran)")
            try await expectWhole(world, "an undisturbed run")
            var places = (0..<requests.withLock { $0 }).flatMap { number in
                StepProxy.Step.allCases.map { Place.request(number, $0) }
            }
            if kind == .sqlite {
                // An entry is one transaction: some writes and one sync; there are five entries.
                for number in 1...5 {
                    for call in ["fdatasync", "pwrite64"] {
                        places += [true, false].map { .write(call, number, isBefore: $0) }
                    }
                }
            }
            if kind == .gitRemote {
                places += (1...counted.calls).flatMap { number in
                    StepProxy.Step.allCases.map { .git(number, $0) }
                }
            }
            return places
        }
    }

    // MARK: One cycle

    private func cycle(
        _ kind: LedgerKind, _ place: Place, _ server: DistributionServer
    ) async throws {
        try await CrashWorld.with(kind, on: server) { world in
            let victim = Victim()
            var prefix: [String] = []
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
            case .write(let call, let number, let isBefore):
                let effect = isBefore ? ":error=EIO" : ""
                prefix = [
                    "strace", "-f", "-qqq", "-o", "/dev/null", "-e", "trace=\(call)", "-e",
                    "inject=\(call)\(effect):signal=SIGKILL:when=\(number)",
                ]
            case .git(let number, let step):
                variables = try GitCounter(in: world.folder, killAt: (number, step)).variables
            }
            _ = try await world.pawl(
                ["promote", Self.newer], by: victim, prefix: prefix, variables: variables)
            world.setGate(nil)
            let between = try await world.live()
            #expect(
                between.allSatisfy { $0 == Self.older || $0 == Self.newer },
                "\(kind), \(place): \(between)")

            let again = try await world.pawl(["promote", "--json"])
            #expect(again.status == 0, "\(kind), \(place): \(again)")
            try await expectWhole(world, "\(kind), \(place)")
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
