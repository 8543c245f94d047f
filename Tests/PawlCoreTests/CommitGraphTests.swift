import PawlCore
import PawlTesting
import Testing

@Suite("A page of a branch's log")
struct CommitGraphTests {
    private func graph(_ rows: [(String, [String])]) -> CommitGraph {
        CommitGraph(
            rows.map { id, parents in
                CommitGraph.Commit(id: .named(id), parents: parents.map(CommitID.named))
            })
    }

    private func ancestry(_ graph: CommitGraph, _ commit: String, _ base: String) -> Ancestry? {
        graph.ancestry(of: .named(commit), from: .named(base))
    }

    @Test("a line down to its root answers everything")
    func line() {
        let graph = graph([("c", ["b"]), ("b", ["a"]), ("a", [])])
        #expect(graph.tip == .named("c"))
        #expect(ancestry(graph, "c", "a") == .ahead)
        #expect(ancestry(graph, "a", "c") == .behind)
        #expect(ancestry(graph, "b", "b") == .identical)
        #expect(graph.shows(.named("b")))
        #expect(!graph.shows(.named("x")))
    }

    @Test("two sides of a merge have diverged from each other, and the merge is ahead of both")
    func merge() {
        let graph = graph([("m", ["b", "c"]), ("c", ["a"]), ("b", ["a"]), ("a", [])])
        #expect(ancestry(graph, "m", "b") == .ahead)
        #expect(ancestry(graph, "m", "c") == .ahead)
        #expect(ancestry(graph, "b", "c") == .diverged)
        #expect(ancestry(graph, "c", "b") == .diverged)
        #expect(ancestry(graph, "a", "m") == .behind)
    }

    @Test("an octopus and a criss-cross end, and are right")
    func crossing() {
        let graph = graph([
            ("o", ["p", "q", "r"]), ("r", ["a"]), ("q", ["y", "x"]), ("p", ["x", "y"]),
            ("y", ["a"]), ("x", ["a"]), ("a", []),
        ])
        #expect(ancestry(graph, "o", "y") == .ahead)
        #expect(ancestry(graph, "p", "q") == .diverged)
        #expect(ancestry(graph, "x", "q") == .behind)
        #expect(ancestry(graph, "r", "x") == .diverged)
    }

    @Test("a page that ends says only what it proves")
    func pageEnds() {
        let graph = graph([("d", ["c"]), ("c", ["b"])])
        #expect(ancestry(graph, "d", "c") == .ahead)
        #expect(ancestry(graph, "d", "b") == .ahead)
        #expect(ancestry(graph, "b", "d") == .behind)
        #expect(ancestry(graph, "d", "a") == nil)
        #expect(ancestry(graph, "a", "d") == nil)
        #expect(ancestry(graph, "x", "y") == nil)
        #expect(ancestry(graph, "x", "x") == .identical)
        #expect(!graph.shows(.named("b")))
    }

    @Test("a page that ends on one side of a merge does not call the sides diverged")
    func pageEndsInAMerge() {
        let graph = graph([("m", ["b", "c"]), ("c", ["old"]), ("b", ["a"]), ("a", [])])
        #expect(ancestry(graph, "b", "c") == nil)
        #expect(ancestry(graph, "m", "a") == .ahead)
    }

    @Test("a log that names itself as its own ancestor is walked once")
    func cycle() {
        let graph = graph([("a", ["b"]), ("b", ["a"])])
        #expect(ancestry(graph, "a", "b") == .ahead)
        #expect(ancestry(graph, "a", "x") == nil)
    }

    @Test("an empty page knows nothing")
    func empty() {
        let graph = graph([])
        #expect(graph.tip == nil)
        #expect(ancestry(graph, "a", "b") == nil)
    }

    @Test("every answer of a page agrees with the whole history")
    func agreesWithTheWhole() {
        // Forty commits, each with one or two parents among the six before it.
        var rows: [(String, [String])] = []
        for number in 0..<40 {
            let first = number - 1 - number * 7 % 3
            let second = number - 1 - number * 5 % 6
            let parents = Set([first, second].filter { $0 >= 0 }).sorted().map { "\($0)" }
            rows.insert(("\(number)", parents), at: 0)
        }
        let whole = graph(rows)
        for length in [1, 2, 5, 11, 23] {
            let page = graph(Array(rows.prefix(length)))
            for (commit, _) in rows {
                for (base, _) in rows {
                    guard let answer = ancestry(page, commit, base) else { continue }
                    #expect(answer == ancestry(whole, commit, base))
                }
            }
        }
    }
}
