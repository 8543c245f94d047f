import FoundationEssentials
import Testing

/// A repository with workflows and a remote, in a folder of its own.
private struct Clone {
    let path: String

    init(_ files: [String: String], remote: String? = "git@github.com:Acme/App.git") async throws {
        path = FileManager.default.temporaryDirectory.path + "/pawl-init-\(UUID().uuidString)"
        let folder = path + "/.github/workflows"
        try FileManager.default.createDirectory(
            atPath: files.isEmpty ? path : folder, withIntermediateDirectories: true)
        for (name, text) in files {
            try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
        }
        let git = Binary(path: "git")
        _ = try await git.run(["init", "-q", path])
        if let remote { _ = try await git.run(["-C", path, "remote", "add", "origin", remote]) }
    }

    func pawl(_ arguments: String...) async throws -> Ran {
        try await Binary.pawl.run(arguments, in: path)
    }

    func text(_ file: String) -> String? {
        FileManager.default.contents(atPath: "\(path)/\(file)").map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}

private let promote = ".github/workflows/promote.yml"

@Suite("pawl init, with the real program")
struct InitTests {
    @Test(
        "a policy that pawl check takes, and a workflow that names its triggers",
        arguments: InitFolder.all)
    func folders(_ folder: InitFolder) async throws {
        let clone = try await Clone(folder.files)
        defer { clone.remove() }
        let ran = try await clone.pawl("init")
        #expect(ran.status == 0, "\(ran)")
        #expect(ran.stdout.contains("Wrote pawl.yaml.") && ran.stdout.contains("pawl check --live"))

        let policy = try #require(clone.text("pawl.yaml"))
        for part in folder.says { #expect(policy.contains(part), "\(part) in\n\(policy)") }
        let checked = try await clone.pawl("check")
        #expect(checked.status == 0, "\(checked)\n\(policy)")

        let workflow = try #require(clone.text(promote))
        for name in folder.triggers {
            let quoted = name.replacing("\"", with: "\\\"")
            #expect(workflow.contains("      - \"\(quoted)\"\n"), "\(name) in\n\(workflow)")
        }
        let listed = workflow.split(separator: "\n").filter { $0.hasPrefix("      - \"") }
        #expect(listed.count == folder.triggers.count, "\(workflow)")
        #expect(workflow.contains("packages: write") == policy.contains("- ghcr.io/"))
        #expect(!workflow.contains("config:"))
        try await expectSchema(holds: "pawl.yaml", in: clone)
    }

    /// The published schema takes the policy, by a validator that is not this project's.
    private func expectSchema(holds file: String, in clone: Clone) async throws {
        let python = Binary(path: "python3")
        let hasTools = try? await python.run(["-c", "import jsonschema, yaml"])
        guard hasTools?.status == 0 else {
            print("left out: python3 with jsonschema and yaml is not here; the schema is not tried")
            return
        }
        let schema = try Data(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("docs/reference/pawl.schema.json"))
        try schema.write(to: URL(filePath: clone.path + "/schema.json"))
        let ran = try await python.run(
            [
                "-c",
                "import json, sys, yaml, jsonschema\n"
                    + "schema = json.load(open('schema.json'))\n"
                    + "cls = jsonschema.validators.validator_for(schema)\n"
                    + "cls.check_schema(schema)\n"
                    + "cls(schema).validate(yaml.safe_load(open(sys.argv[1])))", file,
            ], in: clone.path)
        #expect(ran.status == 0, "\(ran)\n\(clone.text(file) ?? "")")
    }

    @Test("a policy that is not where Pawl looks for it is named in the workflow")
    func elsewhere() async throws {
        let clone = try await Clone(InitFolder.all[0].files)
        defer { clone.remove() }
        for (path, name) in [
            ("deploy/pawl.yaml", "deploy/pawl.yaml"),
            ("./a: b # c.yaml", #""a: b # c.yaml""#),
        ] {
            let ran = try await clone.pawl("init", "--force", "--config", path, "--ledger", "git")
            #expect(ran.status == 0, "\(ran)")
            let workflow = try #require(clone.text(promote))
            #expect(
                workflow.contains(
                    "        with:\n          config: \(name)\n          command: "), "\(workflow)")
            #expect(clone.text(path) != nil)
        }
        for usual in ["./pawl.yaml", ".github/pawl.yaml"] {
            let ran = try await clone.pawl("init", "--force", "--config", usual)
            #expect(ran.status == 0, "\(ran)")
            #expect(clone.text(promote)?.contains("config:") == false)
        }
        for bad in ["/tmp/pawl.yaml", "../pawl.yaml", "a/${{ github.actor }}.yaml", "deploy/"] {
            let ran = try await clone.pawl("init", "--force", "--config", bad)
            #expect(ran.status == 2, "\(bad): \(ran)")
            #expect(ran.stderr.contains("no file of this repository"), "\(ran)")
        }
    }

    @Test("what is no file is left out, and what lies beside is nobody's to take")
    func oddFiles() async throws {
        let clone = try await Clone(InitFolder.all[0].files)
        defer { clone.remove() }
        let folder = clone.path + "/.github/workflows"
        _ = try await Binary(path: "mkfifo").run(["\(folder)/pipe.yml"])
        let links = [("endless.yml", "/dev/zero"), ("nowhere.yml", "gone"), ("d.yml", ".")]
        for (name, target) in links {
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/\(name)", withDestinationPath: target)
        }
        try Data("mine".utf8).write(to: URL(filePath: "\(clone.path)/pawl.yaml.pawl-init"))
        let ran = try await Binary.pawl.run(["init"], in: clone.path, limit: .seconds(60))
        #expect(ran.status == 0, "\(ran)")
        for name in ["pipe.yml", "endless.yml", "nowhere.yml", "d.yml"] {
            #expect(ran.stderr.contains("it is no file: .github/workflows/\(name)"), "\(ran)")
        }
        #expect(clone.text("pawl.yaml.pawl-init") == "mine")
        let left = try FileManager.default.contentsOfDirectory(atPath: clone.path).sorted()
        #expect(left.filter { $0.contains("pawl") } == ["pawl.yaml", "pawl.yaml.pawl-init"])
    }

    @Test("a file that is there is left alone, unless told otherwise")
    func nothingIsOverwritten() async throws {
        let clone = try await Clone(InitFolder.all[0].files)
        defer { clone.remove() }
        try Data("mine".utf8).write(to: URL(filePath: clone.path + "/" + promote))
        let refused = try await clone.pawl("init")
        #expect(refused.status == 2)
        #expect(refused.stderr.contains("\(promote) is here already; nothing was written"))
        #expect(clone.text("pawl.yaml") == nil)
        #expect(clone.text(promote) == "mine")
        #expect(try await clone.pawl("init", "--force").status == 0)
        #expect(clone.text(promote)?.contains("OWNER/pawl@COMMIT") == true)
        #expect(clone.text("pawl.yaml")?.contains("repository: Acme/App\n") == true)
    }

    @Test("a dry run prints both files and writes neither; --json is one document")
    func dryRun() async throws {
        let clone = try await Clone(InitFolder.all[0].files)
        defer { clone.remove() }
        let dry = try await clone.pawl("init", "--dry-run")
        #expect(dry.status == 0)
        #expect(dry.stdout.contains("  latest:\n") && dry.stdout.contains("Nothing was written."))
        let json = try await clone.pawl("init", "--dry-run", "--json")
        let read = try JSONSerialization.isOneObject(json.stdout)
        #expect(read)
        #expect(clone.text("pawl.yaml") == nil && clone.text(promote) == nil)
    }

    @Test("where nothing publishes an image it says what it looked for; --bare writes a skeleton")
    func nothingFound() async throws {
        let clone = try await Clone(["ci.yml": "on: push\njobs: {}\n"], remote: nil)
        defer { clone.remove() }
        let ran = try await clone.pawl("init")
        #expect(ran.status == 2)
        #expect(ran.stderr.contains("docker/build-push-action") && ran.stderr.contains("--bare"))
        #expect(clone.text("pawl.yaml") == nil)
        let bare = try await clone.pawl("init", "--bare", "--ledger", "git")
        #expect(bare.status == 0, "\(bare)")
        let checked = try await Binary.pawl.run(
            ["check"], environment: ["GITHUB_REPOSITORY": "acme/app"], in: clone.path)
        #expect(checked.status == 0 && checked.stdout.contains("ledger git"), "\(checked)")
        #expect(clone.text(promote)?.contains("contents: write") == true)
    }

    @Test("without workflows there is nothing to read, and a password in a remote is not shown")
    func noWorkflows() async throws {
        let clone = try await Clone([:], remote: "https://bob:hunter2@github.com/acme/app.git")
        defer { clone.remove() }
        let ran = try await clone.pawl("init", "--json")
        #expect(ran.status == 2)
        #expect(ran.stdout.contains("\"verdict\": \"error\""))
        let bare = try await clone.pawl("init", "--bare")
        #expect(clone.text("pawl.yaml")?.contains("repository: acme/app\n") == true)
        #expect(!"\(bare)\(ran)\(clone.text("pawl.yaml") ?? "")".contains("hunter2"))
    }
}

private enum JSONSerialization {
    /// Whether the text is one JSON object and nothing else.
    static func isOneObject(_ text: String) throws -> Bool {
        struct Document: Decodable { let files: [File] }
        struct File: Decodable {
            let path: String
            let written: Bool
            let text: String
        }
        let document = try JSONDecoder().decode(Document.self, from: Data(text.utf8))
        return document.files.map(\.path) == ["pawl.yaml", promote]
            && document.files.allSatisfy { !$0.written && !$0.text.isEmpty }
    }
}
