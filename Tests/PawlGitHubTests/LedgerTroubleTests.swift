import PawlCore
import PawlGitHub
import PawlHTTP
import PawlLoopback
import PawlPorts
import PawlTesting
import Testing

/// The right answer's effect, and no answer.
private let lost = GitHubFault.changed { _ in
    CannedResponse(status: 200, ending: .dropsBeforeAnswer)
}

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

    @Test("A 404 that hides a missing permission is never an empty ledger")
    func hidden() async throws {
        let stage = try LedgerStage()
        try await stage.add("one")
        stage.github.fault(.error(404, "Not Found"), on: "/git/")
        let failed = await failure { try await stage.ledger.tip(of: Self.key) }
        #expect(failed?.code == .missing)
        #expect(failed?.advice?.contains("contents: read") == true)
        #expect(
            await failure {
                try await stage.ledger.lines(of: Self.key, before: nil, limit: 5)
            } != nil)
        // A stranger to the repository is answered the same way.
        let stranger = try LedgerStage(token: nil)
        #expect(
            await failure { try await stranger.ledger.tip(of: Self.key) }?.code == .missing)
        stage.github.heal()
        stage.github.revoke("contents")
        #expect(await failure { try await stage.ledger.tip(of: Self.key) }?.code == .denied)
    }

    @Test("A repository without a commit cannot have a ledger")
    func emptyRepository() async throws {
        let stage = try LedgerStage()
        stage.github.branch("main", at: nil)
        for failed in [
            await failure { try await stage.ledger.tip(of: Self.key) },
            await failure { try await stage.append("one", after: nil) },
        ] {
            #expect(failed?.code == .missing)
            #expect(failed?.detail.contains("is empty") == true)
        }
    }

    @Test("A token that may not write is told which permission is missing, and how a job gets it")
    func denied() async throws {
        let stage = try LedgerStage()
        let first = try await stage.add("one")
        stage.github.revoke("contents: write")
        for tip in [first, nil] {
            let failed = await failure { try await stage.append("two", after: tip) }
            #expect(failed?.code == .denied)
            #expect(
                failed?.advice
                    == "Give the token the permission contents: write. A workflow's job has it by "
                    + "`permissions: contents: write`.")
        }
        #expect(try await stage.ledger.tip(of: Self.key) == first)
        #expect(
            await failure { try await stage.ledger.checkWriting(to: Self.key) }?.code == .denied)
    }

    @Test(
        "Some tokens are answered 404 in its place",
        arguments: ["/git/trees", "/git/refs", "/git/commits"])
    func deniedByAbsence(path: String) async throws {
        let stage = try LedgerStage()
        stage.github.fault(.error(404, "Not Found"), on: path)
        let failed = await failure { try await stage.append("one", after: nil) }
        #expect(failed?.code == .denied)
        #expect(failed?.advice?.contains("`permissions: contents: write`") == true)
        if path == "/git/refs" {
            #expect(
                await failure { try await stage.ledger.checkWriting(to: Self.key) }?.code == .denied
            )
        }
    }

    @Test("A rate limit is not taken for a missing permission")
    func throttled() async throws {
        let stage = try LedgerStage()
        stage.github.fault(.secondaryLimit(retryAfter: 90), on: "/git/refs")
        #expect(
            await failure { try await stage.append("one", after: nil) }?.code == .throttled)
        #expect(
            await failure { try await stage.ledger.checkWriting(to: Self.key) }?.code == .throttled)
    }

    @Test("Whether a line could be added is found out without adding one")
    func probe() async throws {
        let stage = try LedgerStage()
        try await stage.ledger.checkWriting(to: Self.key)
        #expect(try await stage.ledger.tip(of: Self.key) == nil)
        let first = try await stage.add("one")
        stage.github.forgetRequests()
        try await stage.ledger.checkWriting(to: Self.key)
        #expect(stage.lines == ["POST /git/refs"])
        #expect(try await stage.ledger.tip(of: Self.key) == first)
    }

    @Test("A lost answer is a failure; the ref was written once, and the line is found again")
    func lostAnswer() async throws {
        let stage = try LedgerStage()
        let door = try stage.door {
            RetryingExchange($0, clock: stage.clock.clock, jitter: { 0.5 })
        }
        var tip: LedgerLine?
        for name in ["one", "two"] {
            stage.github.fault(lost, on: "/git/refs")
            stage.github.forgetRequests()
            let failed = await failure {
                try await door.append(
                    title: name, text: LedgerStage.text(name), to: Self.key, after: tip)
            }
            #expect(failed?.code == .unreachable)
            #expect(stage.lines.count { $0.contains("/git/refs") } == 1)
            stage.github.heal()
            tip = try await door.tip(of: Self.key)
            #expect(tip?.text == LedgerStage.text(name))
        }
    }

    @Test(
        "A server that failed on the ref is not asked again by itself",
        arguments: [500, 502, 503, 504])
    func serverFailed(status: Int) async throws {
        let stage = try LedgerStage()
        let first = try await stage.add("one")
        let door = try stage.door {
            RetryingExchange($0, clock: stage.clock.clock, jitter: { 0.5 })
        }
        stage.github.fault(.error(status, "Oops"), on: "/git/refs")
        stage.github.forgetRequests()
        let failed = await failure {
            try await door.append(
                title: "x", text: LedgerStage.text("x"), to: Self.key, after: first)
        }
        #expect(failed?.code == .serverFailed)
        #expect(stage.lines.count { $0.hasPrefix("PATCH") } == 1)
    }

    @Test("A commit whose answer was lost is written again: nothing pointed to it")
    func lostCommit() async throws {
        let stage = try LedgerStage()
        let door = try stage.door {
            RetryingExchange($0, clock: stage.clock.clock, jitter: { 0.5 })
        }
        stage.github.fault(lost, on: "/git/commits", times: 1)
        stage.github.fault(lost, on: "/git/trees", times: 1)
        let answer = try await door.append(
            title: "x", text: LedgerStage.text("x"), to: Self.key, after: nil)
        guard case .added(let line) = answer else { throw LedgerStage.NotAdded() }
        #expect(try await door.tip(of: Self.key) == line)
        #expect(stage.github.commits(from: LedgerStage.ref).count == 1)
    }

    @Test("A commit that is not the one asked for is never pointed to")
    func otherCommit() async throws {
        let stage = try LedgerStage()
        for (old, new) in [
            ("{\\\"line\\\": \\\"one\\\"}", "{\\\"line\\\": \\\"two\\\"}"),
            ("\"parents\":[]", "\"parents\":[{\"sha\":\"\(sha("1"))\"}]"),
            ("\"sha\":\"", "\"sha\":\"x"),
        ] {
            stage.github.fault(.changed { $0.replacing(old, new) }, on: "/git/commits", times: 1)
            let failed = await failure { try await stage.append("one", after: nil) }
            #expect(failed?.code == .garbled, "\(old)")
        }
        #expect(stage.github.ref(LedgerStage.ref) == nil)
    }

    @Test(
        "No usable answer is never a tip, nor an empty ledger",
        arguments: [
            (GitHubFault.error(500, "oops"), PortFailure.Code.serverFailed), (.html(), .garbled),
            (.truncated, .garbled), (.dropped, .unreachable), (.silent, .timedOut),
            (.answer(CannedResponse(status: 304)), .garbled), (.answer(.json("[]")), .garbled),
            (.answer(CannedResponse(status: 204)), .garbled),
            (.changed { $0.replacing("refs/pawl/latest", "refs/pawl/other") }, .garbled),
            (.changed { $0.replacing("\"type\":\"commit\"", "\"type\":\"tag\"") }, .garbled),
            (.changed { $0.replacing("\"sha\":\"", "\"sha\":\"x") }, .garbled),
        ])
    func unusable(fault: GitHubFault, code: PortFailure.Code) async throws {
        let stage = try LedgerStage()
        try await stage.add("one")
        stage.github.fault(fault, on: "/git/ref/")
        #expect(await failure { try await stage.ledger.tip(of: Self.key) }?.code == code)
        #expect(
            await failure {
                try await stage.ledger.lines(of: Self.key, before: nil, limit: 5)
            }?.code == code)
    }

    @Test("A commit that GitHub does not show yet is a failure that says so")
    func commitMissing() async throws {
        let stage = try LedgerStage()
        let line = try await stage.add("one")
        stage.github.fault(.error(404, "Not Found"), on: "/git/commits/")
        let failed = await failure { try await stage.ledger.tip(of: Self.key) }
        #expect(failed?.code == .missing)
        #expect(failed?.detail.contains(line.mark.prefix(7)) == true)
    }

    @Test("A mark that is no commit gets into no request, and a line that is too long neither")
    func strangeMark() async throws {
        let stage = try LedgerStage()
        let strange = LedgerLine(text: "{}", mark: "main&per_page=1")
        #expect(await failure { try await stage.append("x", after: strange) } != nil)
        #expect(
            await failure {
                try await stage.ledger.lines(of: Self.key, before: strange, limit: 5)
            } != nil)
        let long = "{\"x\": \"\(String(repeating: "x", count: Limits.entryBytesMax))\"}"
        let failed = await failure {
            try await stage.ledger.append(title: "x", text: long, to: Self.key, after: nil)
        }
        #expect(failed?.code == .tooLarge)
        #expect(stage.lines.isEmpty)
    }

    @Test("A renamed repository keeps its ledger")
    func renamed() async throws {
        let stage = try LedgerStage()
        let first = try await stage.add("one")
        stage.github.rename(to: "acme/application")
        guard case .added(let second) = try await stage.append("two", after: first) else {
            throw LedgerStage.NotAdded()
        }
        #expect(try await stage.ledger.tip(of: Self.key) == second)
    }
}
