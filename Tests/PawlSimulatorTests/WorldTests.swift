import PawlCore
import PawlSimulator
import PawlTesting
import Synchronization
import Testing

@Suite("Worlds")
struct WorldTests {
    private func moves(_ trace: Trace) -> [String] {
        trace.records.compactMap { record in
            guard case .landed(_, let artifact) = record.what else { return nil }
            return "\(artifact.image) \(artifact)"
        }.sorted()
    }

    /// One push of one commit, whose build and gates are green.
    private func script(_ change: (inout Script) -> Void = { _ in }) -> Script {
        var shape = Shape()
        shape.gates = [.workflow(.lint, absent: .hold, cancelled: .hold, byJob: false)]
        let run = RunPlan()
        var script = Script(seed: 1, shape: shape)
        script.pushes = [
            Push(
                number: 0, at: 60_000, kind: .plain, commits: [[.change(0)]],
                runs: [run, run, run], sources: [SourcePlan(), SourcePlan()], check: .success)
        ]
        change(&script)
        return script
    }

    @Test("a green push is promoted, all images of it")
    func green() {
        let outcome = World(script()).play()
        #expect(outcome.ended)
        #expect(moves(outcome.trace) == ["0 c4", "1 c4"])
        #expect(Promise.allBreaches(in: outcome.trace).isEmpty)
    }

    @Test("a red gate keeps it back, and nothing moves")
    func red() {
        let outcome = World(script { $0.pushes[0].runs[2].ends = .failure }).play()
        #expect(moves(outcome.trace).isEmpty)
        #expect(Promise.allBreaches(in: outcome.trace).isEmpty)
    }

    @Test("where every event is lost, the looks of the calm find it")
    func lost() {
        let outcome = World(script { $0.knobs[.eventLost] = 1_000 }).play()
        #expect(moves(outcome.trace) == ["0 c4", "1 c4"])
        let began = outcome.trace.records.filter {
            if case .began = $0.what { true } else { false }
        }
        #expect(began.count == World.calmLooks)
    }

    @Test("a process that is killed has no effect from there on; the next look goes on")
    func killed() {
        let outcome = World(script { $0.knobs[.crash] = 1_000 }).play()
        let crashes = outcome.trace.records.filter {
            if case .crashed = $0.what { true } else { false }
        }
        #expect(crashes.count == 2)
        #expect(moves(outcome.trace) == ["0 c4", "1 c4"])
        #expect(Promise.allBreaches(in: outcome.trace).isEmpty)
    }

    @Test("a fault that is muted does not happen, and leaves all others as they were")
    func muted() {
        let noisy = script {
            $0.knobs[.serverFailed] = 500
            $0.knobs[.slow] = 300
        }
        let fired = World(noisy).play().fired
        var quiet = noisy
        quiet.muted = Set(fired.map(\.key))
        let rest = World(quiet).play().fired
        #expect(!fired.isEmpty)
        #expect(Set(rest.map(\.key)).isDisjoint(with: quiet.muted))
        var fewer = noisy
        if let last = fired.last { fewer.muted = [last.key] }
        #expect(World(fewer).play().fired.first == fired.first)
    }

    @Test("the same seed gives the same trace", arguments: 0..<30)
    func same(seed: UInt64) {
        let first = World(Script.drawn(seed)).play()
        let second = World(Script.drawn(seed)).play()
        #expect(first.ended)
        #expect(first.trace == second.trace)
    }

    @Test("different seeds give different worlds, of every kind")
    func various() {
        let scripts = (0..<400).map { Script.drawn(UInt64($0)) }
        #expect(Set(scripts.map(\.shape)).count > 200)
        #expect(scripts.contains { $0.shape.hasLedger } && scripts.contains { !$0.shape.hasLedger })
        for door in [Shape.Door.queue, .racing, .servers] {
            #expect(scripts.contains { $0.shape.door == door })
        }
        for fault in Knobs.Fault.allCases {
            let isOn = scripts.count { $0.knobs[fault] > 0 }
            #expect((100...300).contains(isOn), "\(fault) is on in \(isOn)")
        }
    }

    @Test("the stage runs what is due in order, by its own clock alone")
    func stage() {
        let stage = Stage()
        let heard = Mutex<[String]>([])
        for (after, key, name) in [(20, 1, "c"), (10, 2, "b"), (10, 1, "a")] {
            stage.after(Int64(after), key: UInt64(key)) {
                heard.withLock { $0.append("\(name) \(stage.now)") }
            }
        }
        stage.begin { heard.withLock { $0.append("first") } }
        #expect(stage.run())
        #expect(heard.withLock { $0 } == ["first", "a 10", "b 10", "c 20"])
    }
}
