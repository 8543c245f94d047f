import PawlLoopback
import Testing

@Suite("Bad input gets a clear error, and nothing is moved")
struct BadInputTests {
    private static let commits = ActionWorld.commits

    @Test(
        "a text that is no commit id is refused before anything is asked",
        arguments: [
            "1a1a1a", String(repeating: "a", count: 41), String(repeating: "a", count: 64),
            "HEAD", "main", "1A1A1A1", "1a1a1a1;touch x", "$(touch x)", "1a1a1a1\n", "-1a1a1a1",
            "../../x", "１ａ１ａ１ａ１",
        ])
    func notACommit(text: String) async throws {
        try await ActionWorld.with { world in
            let ran = try await world.pawl(["promote", "--", text])
            #expect(ran.status == 2, "\(ran)")
            #expect(ran.stderr.contains("is not a commit id"), "\(ran)")
            #expect(world.github.requests.isEmpty)
            #expect(!world.folder.has("x"))
            world.expectUntouched(ran)
        }
    }

    @Test("a commit that the repository does not have ends in 2 and says so")
    func unknownCommit() async throws {
        try await ActionWorld.with { world in
            for name in [String(repeating: "b", count: 40), "bbbbbbb"] {
                let ran = try await world.pawl(["promote", name])
                #expect(ran.status == 2, "\(ran)")
                #expect(ran.stdout.contains("bad-candidate"), "\(ran)")
                world.expectUntouched(ran)
            }
        }
    }

    @Test(
        "a policy file that cannot be used is named with line, column and what to do",
        arguments: [
            ("chanels:\n  latest: {}\n", "did you mean \"channels\""),
            ("", "no channels"),
            ("version: 1\nbranch: &a main\n", "pawl.yaml:2:9"),
            ("version: 1\nbranch: [\n", "pawl.yaml:"),
            ("version: 1\nbranch: main\nchannels: {}\n", "channel"),
            ("version: 2\n", "version"),
            ("\u{0}", "byte"),
        ])
    func badPolicy(text: String, says: String) async throws {
        try await ActionWorld.with { world in
            try world.folder.write(text, to: "pawl.yaml")
            let ran = try await world.pawl(["promote", Self.commits[1]])
            #expect(ran.status == 2, "\(ran)")
            #expect(ran.stderr.contains(says), "\(ran)")
            #expect(world.github.requests.isEmpty)
            world.expectUntouched(ran)
        }
    }

    @Test("no policy file at all, and a channel that the policy does not have")
    func missingPolicy() async throws {
        try await ActionWorld.with { world in
            let channel = try await world.pawl(["promote", "--channel", "lastest"])
            #expect(channel.status == 2)
            #expect(channel.stderr.contains("It has: latest"), "\(channel)")
            let missing = try await world.pawl(["promote", "--config", "nowhere.yaml"])
            #expect(missing.status == 2)
            #expect(missing.stderr.contains("nowhere.yaml"), "\(missing)")
            world.expectUntouched(missing)
        }
    }

    @Test("a gate is stated that the policy does not have, or where nothing may be stated")
    func unknownGate() async throws {
        try await ActionWorld.with { world in
            let stated = ["promote", Self.commits[1], "--gate", "nope.yml=success"]
            let forbidden = try await world.pawl(stated)
            #expect(forbidden.status == 2, "\(forbidden)")
            try world.folder.write(
                try world.policy().replacing("repository: acme/platform", with: "host: git"),
                to: "pawl.yaml")
            let unknown = try await world.pawl(stated)
            #expect(unknown.status == 2, "\(unknown)")
            #expect(unknown.stderr.contains("It has: publish-platform-image.yml"), "\(unknown)")
            world.expectUntouched(unknown)
        }
    }

    @Test("no answer in time is 3, with a document")
    func outOfTime() async throws {
        try await ActionWorld.with { world in
            world.registry.plan(
                .instead(CannedResponse(status: 200, ending: .never)), "GET", times: 100)
            world.registry.plan(
                .instead(CannedResponse(status: 200, ending: .never)), "HEAD", times: 100)
            for command in ["status", "promote"] {
                let ran = try await world.pawl([command, "--json", "--timeout", "1s"])
                #expect(ran.status == 3, "\(ran)")
                #expect(ran.stdout.contains(#""code": "unfinished""#), "\(ran)")
            }
        }
    }

    @Test("a gate that is no workflow of the repository can never report: 3, and named")
    func missingWorkflow() async throws {
        try await ActionWorld.with { world in
            world.built(Self.commits[1])
            world.github.removeWorkflow(ActionWorld.gate)
            let ran = try await world.pawl(["promote", Self.commits[1]])
            #expect(ran.status == 3, "\(ran)")
            #expect(ran.stdout.contains("gate-inactive"), "\(ran)")
            #expect(ran.stdout.contains(ActionWorld.gate))
            world.expectUntouched(ran)
        }
    }

    @Test("a wrong token is not an absent run: 3, with what to do")
    func wrongToken() async throws {
        try await ActionWorld.with { world in
            world.built(Self.commits[1])
            let ran = try await world.pawl(
                ["promote", Self.commits[1]], ["GITHUB_TOKEN": "ghs_wrong"])
            #expect(ran.status == 3, "\(ran)")
            #expect(ran.stdout.contains("unreadable"), "\(ran)")
            #expect(!ran.description.contains("ghs_wrong"))
            world.expectUntouched(ran)
        }
    }

    @Test("a token without actions: read cannot pass a gate that may be absent")
    func missingPermission() async throws {
        try await ActionWorld.with { world in
            world.built(Self.commits[1])
            world.github.revoke("actions")
            let ran = try await world.pawl(["promote", Self.commits[1]])
            #expect(ran.status == 3, "\(ran)")
            #expect(ran.stdout.contains("gate-unreadable"), "\(ran)")
            #expect(ran.stdout.lowercased().contains("actions: read"), "\(ran)")
            world.expectUntouched(ran)
        }
    }

    @Test("a code host that answers HTML, cut JSON or nothing is unreadable")
    func brokenHost() async throws {
        for fault in [GitHubFault.html(), .truncated, .dropped] {
            try await ActionWorld.with { world in
                world.built(Self.commits[1])
                world.github.fault(fault, on: "actions/runs")
                let ran = try await world.pawl(["promote", Self.commits[1]])
                #expect(ran.status == 3, "\(ran)")
                #expect(ran.stdout.contains("gate-unreadable"), "\(ran)")
                world.expectUntouched(ran)
            }
        }
    }

    @Test("a registry that is down is unreadable, and named")
    func registryDown() async throws {
        try await ActionWorld.with { world in
            world.built(Self.commits[1])
            try world.folder.write(
                try world.policy().replacing(world.registry.host, with: "127.0.0.1:9"),
                to: "pawl.yaml")
            let ran = try await world.pawl(["promote", Self.commits[1], "--timeout", "5m"])
            #expect(ran.status == 3, "\(ran)")
            #expect(ran.stdout.contains("registry-unreadable"), "\(ran)")
            #expect(ran.stdout.contains("127.0.0.1:9"), "\(ran)")
            world.expectUntouched(ran)
        }
    }
}
