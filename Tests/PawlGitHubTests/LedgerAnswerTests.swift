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

@Suite("A ledger at GitHub whose answers get lost or make no sense", .timeLimit(.minutes(20)))
struct LedgerAnswerTests {
    private static let key = LedgerStage.key

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
