import PawlCore
import PawlGitHub
import PawlHTTP
import PawlLoopback
import PawlPorts
import PawlTesting
import Testing

@Suite("A ledger at GitHub in trouble", .timeLimit(.minutes(20)))
struct LedgerTroubleTests {
    private static let key = LedgerStage.key

    @Test("Who was slower is told of the newer line")
    func moved() async throws {
        let stage = try LedgerStage()
        let first = try await stage.add("one")
        let second = try await stage.add("two")
        #expect(try await stage.append("late", after: first) == .moved(to: second))
        #expect(try await stage.append("late", after: nil) == .moved(to: second))
        #expect(stage.clock.slept.isEmpty)
        #expect(stage.github.commits(from: LedgerStage.ref).count == 2)
    }

    @Test("A stale look after a refusal is not believed: the newer line appears after pauses")
    func staleAfterRefusal() async throws {
        let stage = try LedgerStage()
        let first = try await stage.add("one")
        stage.github.lagRefs(reads: 4)
        guard case .added(let second) = try await stage.append("two", after: first) else {
            throw LedgerStage.NotAdded()
        }
        #expect(try await stage.append("late", after: first) == .moved(to: second))
        #expect(stage.clock.slept.count == 4)
    }

    @Test("A stale look that shows an older line still is not taken for a newer one")
    func staleByTwo() async throws {
        let stage = try LedgerStage()
        let first = try await stage.add("one")
        guard case .added(let second) = try await stage.append("two", after: first) else {
            throw LedgerStage.NotAdded()
        }
        let other = try stage.door { $0 }
        let answer = try await other.append(
            title: "x", text: LedgerStage.text("three"), to: Self.key, after: second)
        guard case .added(let third) = answer else { throw LedgerStage.NotAdded() }
        stage.github.fault(
            .changed { $0.replacing("\"sha\":\"\(third.mark)", "\"sha\":\"\(first.mark)") },
            on: "/git/ref/", times: 3)
        #expect(try await stage.append("late", after: second) == .moved(to: third))
        #expect(stage.clock.slept.count == 3)
    }

    @Test("The loser of the first line is told so, though GitHub shows no ledger yet")
    func staleCreation() async throws {
        let stage = try LedgerStage()
        stage.github.lagRefs(reads: 6)
        guard case .added(let first) = try await stage.append("one", after: nil) else {
            throw LedgerStage.NotAdded()
        }
        #expect(try await stage.ledger.tip(of: Self.key) == nil)
        // Each look asks twice where the ref is not shown.
        #expect(try await stage.append("two", after: nil) == .moved(to: first))
        #expect(stage.clock.slept.count == 2)
    }

    @Test("A creation refused because the ref is there has moved, even if it is never shown")
    func hiddenCreation() async throws {
        let stage = try LedgerStage()
        stage.github.lagRefs(reads: 1000)
        _ = try await stage.append("one", after: nil)
        #expect(try await stage.append("two", after: nil) == .moved(to: nil))
        #expect(stage.clock.slept.reduce(.zero, +) >= Limits.readBackWindow)
    }

    @Test("A ref that is shown where it was to the end of all patience is a failure, not a win")
    func staleForever() async throws {
        let stage = try LedgerStage()
        let first = try await stage.add("one")
        stage.github.lagRefs(reads: 1000)
        _ = try await stage.append("two", after: first)
        let failed = await failure { try await stage.append("late", after: first) }
        #expect(failed?.code == .busy)
        #expect(failed?.detail.contains("Update is not a fast forward") == true)
        #expect(stage.github.commits(from: LedgerStage.ref).count == 2)
    }

    @Test("A refusal that is not about a newer line says what GitHub said")
    func refused() async throws {
        let stage = try LedgerStage()
        let first = try await stage.add("one")
        for message in ["Reference update failed", "Object does not exist", "Validation Failed"] {
            for path in ["PATCH", "POST"] {
                let stage = path == "PATCH" ? stage : try LedgerStage()
                stage.github.fault(.error(422, message), on: "/git/refs")
                let failed = await failure {
                    try await stage.append("two", after: path == "PATCH" ? first : nil)
                }
                #expect(failed?.code == .refused)
                #expect(failed?.detail.contains("GitHub answered 422 (\(message))") == true)
                #expect(failed?.advice?.contains("refs/pawl/latest") == true)
                #expect(failed?.subject == "ledger refs/pawl/latest in acme/app at localhost")
                stage.github.heal()
            }
        }
        #expect(try await stage.ledger.tip(of: Self.key) == first)
    }

    @Test("Whatever a refusal's words are, a newer line means that the ledger has moved")
    func wordsAreHints() async throws {
        for status in [409, 422] {
            let stage = try LedgerStage()
            let first = try await stage.add("one")
            let second = try await stage.add("two")
            stage.github.fault(.error(status, "Something new"), on: "/git/refs/")
            #expect(try await stage.append("late", after: first) == .moved(to: second))
        }
    }

    @Test("A refusal of what was done after all counts as done")
    func refusedThoughDone() async throws {
        let stage = try LedgerStage()
        let first = try await stage.add("one")
        stage.github.fault(
            .changed { _ in .json("{\"message\":\"Update is not a fast forward\"}", status: 422) },
            on: "/git/refs/")
        guard case .added(let line) = try await stage.append("two", after: first) else {
            throw LedgerStage.NotAdded()
        }
        stage.github.heal()
        #expect(try await stage.ledger.tip(of: Self.key) == line)
    }

    @Test("A ref that was deleted meanwhile: the ledger has moved, and is not there")
    func deleted() async throws {
        let stage = try LedgerStage()
        let first = try await stage.add("one")
        stage.github.ref(LedgerStage.ref, at: nil)
        #expect(try await stage.append("two", after: first) == .moved(to: nil))
        #expect(try await stage.ledger.tip(of: Self.key) == nil)
        #expect(stage.clock.slept.isEmpty)
    }

    @Test("A ledger that was deleted and begun anew takes no line of the old one")
    func begunAnew() async throws {
        let stage = try LedgerStage()
        let old = try await stage.add("one")
        stage.github.ref(LedgerStage.ref, at: nil)
        let new = try await stage.add("another")
        #expect(try await stage.append("two", after: old) == .moved(to: new))
    }

    @Test("A ref that somebody put to a commit of a branch is named, and nothing is added")
    func forced() async throws {
        for message in [
            "Fix a thing", "Fix\n\nmore words", "{\"a\": 1}", "a\n\nb\n\n{\"a\": 1}", "",
        ] {
            let stage = try LedgerStage()
            let first = try await stage.add("one")
            stage.github.commit(sha("e"), parents: [sha("1")], message: message)
            stage.github.ref(LedgerStage.ref, at: sha("e"))
            for failed in [
                await failure { try await stage.ledger.tip(of: Self.key) },
                await failure {
                    try await stage.ledger.lines(of: Self.key, before: nil, limit: 5)
                },
                await failure { try await stage.append("two", after: first) },
            ] {
                #expect(failed?.code == .garbled)
                #expect(
                    failed?.detail
                        == "refs/pawl/latest leads to e000000, which is no entry of a ledger")
                #expect(failed?.advice?.contains("delete it") == true)
            }
            #expect(stage.github.ref(LedgerStage.ref) == sha("e"))
        }
    }

    @Test("A merge is no chain; a list that is cut is not the whole ledger")
    func noChain() async throws {
        let stage = try LedgerStage()
        try await stage.add("one")
        let second = try await stage.add("two")
        stage.github.commit(
            sha("e"), parents: [second.mark, sha("1")],
            message: "merge\n\n\(LedgerStage.text("three"))\n")
        stage.github.ref(LedgerStage.ref, at: sha("e"))
        let merged = await failure {
            try await stage.ledger.lines(of: Self.key, before: nil, limit: 9)
        }
        #expect(merged?.code == .garbled)
        stage.github.ref(LedgerStage.ref, at: second.mark)
        for body in ["[]", "{}", "[{}]"] {
            stage.github.fault(.answer(.json(body)), on: "/commits?", times: 1)
            let cut = await failure {
                try await stage.ledger.lines(of: Self.key, before: nil, limit: 9)
            }
            #expect(cut?.code == .garbled, "\(body)")
        }
    }
}
