import PawlCore
import PawlSimulator
import Testing

@Suite("What the second writing of the rules says of absent gates")
struct AbsentGateTests {
    /// c0 - c1 - c4 - c8, where c4 changes what the caller says and c8 documents alone; e2e ran on
    /// c1, and on c4 if a state is given.
    private func tale(
        changes: [Tree.Edit], onSecond state: RunState?, listed: Int = 300,
        absent: WorkflowGate.Absent = .proven
    ) -> Tale {
        var shape = Shape()
        shape.images = 1
        shape.listedFiles = listed
        shape.gates = [.workflow(.e2e, absent: absent, cancelled: .hold, byJob: false)]
        var chart = Chart()
        var tree = Tree.first
        chart.add(0, parents: [], tree: tree, at: 0)
        tree = tree.after(.change(0))
        chart.add(1, parents: [0], tree: tree, at: 0)
        tree = changes.reduce(tree) { $0.after($1) }
        chart.add(4, parents: [1], tree: tree, at: 0)
        chart.add(8, parents: [4], tree: tree.after(.change(2)), at: 0)
        var tale = Tale(shape, chart, tip: 8, live: 1)
        tale.run(.e2e, 1, .success)
        if let state { tale.run(.e2e, 4, state) }
        for slot in [1, 4, 8] { tale.run(.publish, slot, .success) }
        return tale
    }

    private func isGreen(_ tale: Tale) -> Bool {
        var tale = tale
        tale.promotes(0, 8)
        return tale.broken(.greenOnly).isEmpty
    }

    @Test("documents alone inherit green, and red, and wait for what runs")
    func inherited() {
        let states: [(RunState, Bool)] = [
            (.success, true), (.failure, false), (.inProgress, false), (.unknown("x"), false),
            // No verdict: c1's counts, but c4 changed what would have started it.
            (.cancelled, false), (.skipped, false),
        ]
        for (state, isFine) in states {
            #expect(isGreen(tale(changes: [.change(0)], onSecond: state)) == isFine, "\(state)")
        }
    }

    @Test("documents all the way are what the filter leaves out")
    func leftOut() {
        #expect(isGreen(tale(changes: [.change(2)], onSecond: nil)))
        #expect(!isGreen(tale(changes: [.change(0)], onSecond: nil)))
    }

    @Test("a file that was renamed out of the filter's sight counts by its old name")
    func renamed() { #expect(!isGreen(tale(changes: [.rename], onSecond: nil))) }

    @Test("a gate that was itself changed proves nothing")
    func changed() { #expect(!isGreen(tale(changes: [.change(4)], onSecond: nil))) }

    @Test("a list that was cut short proves nothing")
    func cut() {
        #expect(isGreen(tale(changes: [.change(2)], onSecond: nil, listed: 1)))
        let wide = [Tree.Edit.change(2), .change(6)]
        #expect(isGreen(tale(changes: wide, onSecond: nil)))
        #expect(!isGreen(tale(changes: wide, onSecond: nil, listed: 1)))
    }

    @Test("the policy may let every absence pass, or none")
    func policy() {
        #expect(isGreen(tale(changes: [.change(0)], onSecond: nil, absent: .pass)))
        #expect(!isGreen(tale(changes: [.change(2)], onSecond: nil, absent: .hold)))
    }

    @Test("images of two lines have no oldest commit: one that a gate is green since is enough")
    func apart() {
        for (last, isFine) in [(Tree.Edit.change(2), true), (.change(0), false)] {
            var shape = Shape()
            shape.images = 2
            shape.gates = [.workflow(.e2e, absent: .proven, cancelled: .hold, byJob: false)]
            var chart = Chart()
            let first = Tree.first.after(.change(0))
            let second = first.after(.change(0))
            chart.add(1, parents: [], tree: first, at: 0)
            chart.add(4, parents: [1], tree: second, at: 0)
            chart.add(6, parents: [1], tree: first.after(.change(4)), at: 0)
            chart.add(8, parents: [4], tree: second.after(last), at: 0)
            var tale = Tale(shape, chart, tip: 8, live: 1)
            for slot in [4, 8] { tale.run(.publish, slot, .success) }
            tale.happens(.moved(image: 0, Artifact(image: 0, slot: 6)))
            tale.happens(.moved(image: 1, Artifact(image: 1, slot: 4)))
            #expect(isGreen(tale) == isFine)
        }
    }
}
