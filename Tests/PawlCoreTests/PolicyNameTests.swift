import PawlCore
import Testing

@Suite("Names in a policy")
struct PolicyNameTests {
    @Test("channels", arguments: ["latest", "0", "a-b", "eu-west-1", "a-", "stable2"])
    func channel(text: String) throws {
        #expect(try Channel.Name(text).text == text)
    }

    @Test("a channel's name has at most 63 characters")
    func channelLength() throws {
        #expect(throws: Never.self) { try Channel.Name(String(repeating: "a", count: 63)) }
        #expect(throws: Channel.Name.Malformed.self) {
            try Channel.Name(String(repeating: "a", count: 64))
        }
    }

    @Test(
        "what is no channel",
        arguments: ["", "-a", "A", "aB", "a_b", "a.b", "a/b", "a b", "ä", "a\n", "..", "a\u{0}"])
    func noChannel(text: String) {
        #expect(throws: Channel.Name.Malformed.self) { try Channel.Name(text) }
    }

    @Test("repositories at the host are compared without regard to case")
    func repository() throws {
        let repository = try CodeRepository("Acme/App.js")
        #expect(repository.owner == "Acme")
        #expect(repository.name == "App.js")
        #expect("\(repository)" == "Acme/App.js")
        #expect(try repository == CodeRepository("acme/app.js"))
        #expect(try Set([repository, CodeRepository("acme/APP.js")]).count == 1)
        #expect(try repository != CodeRepository("acme/app"))
    }

    @Test(
        "what is no repository",
        arguments: [
            "", "acme", "acme/", "/app", "acme/app/x", "acme/..", "./app", "acme/a b", "acme/a?x",
            "acme/a#x", "acme/%2e", "https://x/y/z", "acme/ä", "acme/a\n",
        ])
    func noRepository(text: String) {
        #expect(throws: CodeRepository.Malformed.self) { try CodeRepository(text) }
    }

    @Test(
        "branches by git's rules",
        arguments: ["main", "release/1.2", "a.b", "feature/ä", "x-y_z", "@a", "HEAD"])
    func branch(text: String) throws {
        #expect(try BranchName(text).text == text)
    }

    @Test(
        "what git refuses as a branch",
        arguments: [
            "", "-x", "@", "a..b", "a.", "/a", "a/", "a//b", ".a", "a/.b", "a.lock", "a.lock/b",
            "a b", "a~b", "a^b", "a:b", "a?b", "a*b", "a[b", "a\\b", "a@{b", "a\u{7f}", "a\n",
            "refs/heads/main", String(repeating: "a", count: 256),
        ])
    func noBranch(text: String) {
        #expect(throws: BranchName.Malformed.self) { try BranchName(text) }
    }

    @Test("a workflow is meant by path, by file name or by display name")
    func workflow() {
        let path = ".github/workflows/e2e.yml"
        #expect(WorkflowName("e2e.yml").names(path: path, displayName: nil))
        #expect(WorkflowName("e2e.yml").names(path: path + "@refs/heads/main", displayName: "E2E"))
        #expect(WorkflowName(path).names(path: path + "@main", displayName: nil))
        #expect(WorkflowName("E2E").names(path: path, displayName: "E2E"))
        #expect(WorkflowName("e2e.yml").fileName == "e2e.yml")
        #expect(WorkflowName(path).fileName == "e2e.yml")
        #expect(WorkflowName("E2E").fileName == nil)
    }

    @Test("and not by part of its name, another folder, or a display name that looks like a file")
    func otherWorkflow() {
        let path = ".github/workflows/e2e.yml"
        #expect(!WorkflowName("2e.yml").names(path: path, displayName: nil))
        #expect(!WorkflowName("e2e.yaml").names(path: path, displayName: nil))
        #expect(!WorkflowName("other/e2e.yml").names(path: path, displayName: nil))
        #expect(!WorkflowName("lint.yml").names(path: path, displayName: "lint.yml"))
        #expect(!WorkflowName("E2E").names(path: path, displayName: nil))
        #expect(!WorkflowName("E2E").names(path: path, displayName: "e2e"))
    }

    @Test("durations are written in the largest unit that divides them")
    func durations() {
        for (seconds, words) in [
            (0, "0s"), (90, "90s"), (60, "1m"), (1800, "30m"), (7200, "2h"), (604800, "7d"),
            (3601, "3601s"), (86400, "1d"),
        ] {
            #expect(Duration.seconds(seconds).inWords == words)
        }
    }

    @Test("an override has a reason of at most 1000 characters, on one line")
    func override() throws {
        #expect(try Override(actor: "ada", reason: "hot\nfix").reason == "hot fix")
        #expect(try Override(actor: "ada", reason: "a\r\nb").reason == "a b")
        for reason in ["", " ", "\n\t", String(repeating: "x", count: 1001)] {
            #expect(throws: Override.Malformed.self) {
                try Override(actor: "ada", reason: reason)
            }
        }
        #expect(throws: Never.self) {
            try Override(actor: "ada", reason: String(repeating: "x", count: 1000))
        }
    }
}
