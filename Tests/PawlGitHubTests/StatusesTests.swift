import PawlCore
import PawlGitHub
import PawlLoopback
import PawlPorts
import Testing

@Suite("Commit statuses")
struct StatusesTests {
    private func stage() throws -> Stage {
        let stage = try Stage()
        stage.github.commit(sha("1"))
        return stage
    }

    private func status(
        _ description: String, state: CommitStatus.State = .success, link: String? = nil
    ) -> CommitStatus {
        CommitStatus(context: "pawl/latest", state: state, description: description, link: link)
    }

    @Test("State, context, description and link are set", arguments: CommitStatus.State.allCases)
    func set(state: CommitStatus.State) async throws {
        let stage = try stage()
        try await stage.host.set(
            status("Promoted.", state: state, link: "https://ci.example/1"), on: commit("1"))
        let set = try #require(stage.github.statuses(at: sha("1")).first)
        #expect(set.context == "pawl/latest" && set.description == "Promoted.")
        #expect(set.state == state.rawValue && set.link == "https://ci.example/1")
        #expect(stage.lines == ["POST /repos/acme/app/statuses/\(sha("1"))"])
    }

    @Test(
        "A description is made one that GitHub takes",
        arguments: [
            (String(repeating: "x", count: 140), String(repeating: "x", count: 140)),
            (String(repeating: "x", count: 141), String(repeating: "x", count: 139) + "…"),
            ("Ship it 🚀 now", "Ship it ? now"), ("two\nlines\u{7}\u{202E}", "two lines"),
            (
                String(repeating: "e\u{301}", count: 100),
                String(repeating: "e\u{301}", count: 69) + "e…"
            ),
            (String(repeating: "👨‍👩‍👧", count: 80), nil), ("", ""),
        ] as [(String, String?)])
    func description(given: String, expected: String?) async throws {
        let stage = try stage()
        try await stage.host.set(status(given), on: commit("1"))
        let set = try #require(stage.github.statuses(at: sha("1")).first?.description)
        if let expected { #expect(set == expected) }
        #expect(set.unicodeScalars.count <= 140)
    }

    @Test("A link of a scheme that GitHub refuses is left out", arguments: ["ftp://x", "x", ""])
    func link(given: String) async throws {
        let stage = try stage()
        try await stage.host.set(status("Fine.", link: given), on: commit("1"))
        let set = try #require(stage.github.statuses(at: sha("1")).first)
        #expect(set.link == nil)
    }

    @Test("A missing permission is named, and how a job gets it")
    func denied() async throws {
        let stage = try stage()
        stage.github.revoke("statuses: write")
        let failed = await failure {
            try await stage.host.set(status("Fine."), on: commit("1"))
        }
        #expect(failed?.code == .denied)
        #expect(failed?.advice?.contains("statuses: write. A workflow's job has it by") == true)
        #expect(
            failed?.subject == "commit status pawl/latest of 1000000 in acme/app at localhost")
    }

    @Test("A commit that is not there, and what else GitHub refuses")
    func refused() async throws {
        let stage = try stage()
        let missing = await failure { try await stage.host.set(status("x"), on: commit("2")) }
        #expect(missing?.code == .missing)
        stage.github.fault(
            .answer(
                .json(
                    "{\"message\":\"Validation Failed\",\"errors\":[{\"message\":\"This SHA and "
                        + "context has reached the maximum number of statuses.\"}]}", status: 422)),
            on: "statuses")
        let full = await failure { try await stage.host.set(status("x"), on: commit("1")) }
        #expect(full?.code == .refused)
        #expect(
            full?.detail
                == "GitHub answered 422 (Validation Failed: This SHA and context has reached the "
                + "maximum number of statuses.)")
        stage.github.heal()
        stage.github.fault(.error(500, "Oops"), on: "statuses")
        #expect(
            await failure { try await stage.host.set(status("x"), on: commit("1")) }?.code
                == .serverFailed)
    }
}
