import PawlCore

/// Cuts a failing script down while the same promise is still broken: fewer pushes, people, gates
/// and images, fewer faults, plainer runs. What is left is the story to read.
package struct Shrink: Sendable {
    /// Worlds played at most for one failure.
    package static let trialsMax = 600

    private let promise: Promise
    private let design: World.Design
    private var trials = 0

    /// Shrinks failures of one promise.
    package init(_ promise: Promise, design: @escaping World.Design = World.pawl) {
        self.promise = promise
        self.design = design
    }

    /// The smallest script that could be found.
    package mutating func smallest(_ script: Script) -> Script {
        var best = script
        var isShrinking = true
        while isShrinking, trials < Self.trialsMax {
            isShrinking = false
            for candidate in smaller(than: best) where trials < Self.trialsMax && fails(candidate) {
                best = candidate
                isShrinking = true
                break
            }
        }
        return best
    }

    private mutating func fails(_ script: Script) -> Bool {
        trials += 1
        let outcome = World(script, design: design).play()
        return !promise.breaches(in: outcome.trace).isEmpty
    }

    /// Scripts with one thing less, the largest things first.
    private func smaller(than script: Script) -> [Script] {
        withoutPushes(script) + withoutPeople(script) + withoutFaults(script)
            + plainerShapes(script) + plainerPushes(script) + muted(script)
    }

    private func withoutPushes(_ script: Script) -> [Script] {
        script.pushes.indices.reversed().map { index in
            var smaller = script
            smaller.pushes.remove(at: index)
            return smaller
        }
    }

    private func withoutPeople(_ script: Script) -> [Script] {
        script.acts.indices.reversed().map { index in
            var smaller = script
            smaller.acts.remove(at: index)
            return smaller
        }
    }

    private func withoutFaults(_ script: Script) -> [Script] {
        var candidates = Knobs.Fault.allCases.filter { script.knobs[$0] > 0 }.map { fault in
            var smaller = script
            smaller.knobs[fault] = 0
            return smaller
        }
        if script.knobs.clockSkew > 0 {
            var smaller = script
            smaller.knobs.clockSkew = 0
            candidates.append(smaller)
        }
        return candidates
    }

    private func plainerShapes(_ script: Script) -> [Script] {
        var shapes: [Shape] = []
        func add(_ change: (inout Shape) -> Void) {
            var shape = script.shape
            change(&shape)
            if shape != script.shape { shapes.append(shape) }
        }
        for index in script.shape.gates.indices { add { $0.gates.remove(at: index) } }
        add { $0.images = max(1, $0.images - 1) }
        add { $0.looksEvery = 0 }
        add { $0.hasHook = false }
        add { $0.hasTwins = false }
        add { $0.beginning = .live }
        add { $0.door = .queue }
        add { $0.pageRows = Shape().pageRows }
        add { $0.listedFiles = Shape().listedFiles }
        add { $0.buildIsFiltered = false }
        add { $0.settlesBehind = false }
        add { $0.acceptsUnlabelled = false }
        return shapes.map { shape in
            var smaller = script
            smaller.shape = shape
            return smaller
        }
    }

    private func plainerPushes(_ script: Script) -> [Script] {
        script.pushes.indices.flatMap { index -> [Script] in
            func with(_ change: (inout Push) -> Void) -> Script? {
                var push = script.pushes[index]
                change(&push)
                guard push != script.pushes[index] else { return nil }
                var smaller = script
                smaller.pushes[index] = push
                return smaller
            }
            var candidates = [
                with { push in push.kind = .plain },
                with { push in push.commits = Array(push.commits.suffix(1)) },
                with { push in push.sources = push.sources.map { _ in SourcePlan() } },
                with { push in push.check = .success },
            ]
            for run in script.pushes[index].runs.indices {
                candidates += [
                    with { $0.runs[run].again = nil }, with { $0.runs[run].nightly = nil },
                    with { $0.runs[run].decoy = nil },
                    with { $0.runs[run].isDispatched = false },
                    with { push in
                        push.runs[run].ends = .success
                        push.runs[run].job = .success
                    },
                ]
            }
            return candidates.compactMap(\.self)
        }
    }

    /// One fault less of those that happened.
    private func muted(_ script: Script) -> [Script] {
        World(script, design: design).play().fired.map { fired in
            var smaller = script
            smaller.muted.insert(fired.key)
            return smaller
        }
    }
}
