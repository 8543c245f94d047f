import PawlCore
import PawlGitHub
import PawlHTTP
import PawlLoopback
import PawlPorts
import PawlTesting
import Testing

@Suite("A ledger at GitHub that may not be read or written", .timeLimit(.minutes(20)))
struct LedgerRefusalTests {
    private static let key = LedgerStage.key

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
}
