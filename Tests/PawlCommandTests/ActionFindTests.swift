import Testing

@Suite("How the action finds pawl")
struct ActionFindTests {
    /// The action's script as it is, with a list of releases, the programs it may use, and a `curl`
    /// that takes what it delivers from a file and notes how it was called.
    private struct Stage {
        let folder: ActionFolder
        var variables: [String: String]

        /// What a release of pawl would be.
        static let program = "#!/bin/sh\necho this is pawl\n"
        /// The SHA-256 of those bytes, by `sha256sum`.
        let digest: String

        static func with(
            checksums: (String) -> String, _ work: (inout Stage) async throws -> Void
        ) async throws {
            try await ActionFolder.with { folder in
                let asset = try folder.write(program, to: "asset")
                let sum = try await Binary(path: "sha256sum").run([asset])
                let digest = String(sum.stdout.prefix(64))
                try folder.writeProgram(
                    try ActionSources.text(of: "release/find-pawl.sh"),
                    to: "action/release/find-pawl.sh")
                try folder.write(checksums(digest), to: "action/release/checksums.txt")
                // A folder of links, so that no pawl of this machine is on PATH.
                for name in [
                    "bash", "chmod", "dirname", "env", "grep", "mkdir", "mktemp", "mv", "rm",
                    "sha256sum", "tail", "tr", "uname", "cat",
                ] {
                    try folder.writeProgram(
                        "#!/bin/sh\nPATH=\"$REAL_PATH\" exec \(name) \"$@\"\n", to: "bin/\(name)")
                }
                try folder.writeProgram(
                    """
                    #!/bin/sh
                    printf '%s\\n' "$*" >>"$CURL_LOG"
                    while [ $# -gt 0 ]; do
                        if [ "$1" = --output ]; then output="$2"; fi
                        shift
                    done
                    [ -f "$CURL_DELIVERS" ] || exit 22
                    cat "$CURL_DELIVERS" >"$output"

                    """, to: "bin/curl")
                let real = try await Binary(path: "sh").run(["-c", "printf %s \"$PATH\""]).stdout
                var stage = Stage(
                    folder: folder,
                    variables: [
                        "PATH": folder.path(of: "bin"), "REAL_PATH": real,
                        "RUNNER_TEMP": folder.path(of: "temp"), "CURL_DELIVERS": asset,
                        "CURL_LOG": folder.path(of: "curl.log"),
                        "PAWL_ACTION_REPOSITORY": "acme/pawl",
                        "PAWL_ACTION_REF": String(repeating: "3c", count: 20),
                        "GITHUB_SERVER_URL": "https://github.example",
                    ], digest: digest)
                try await work(&stage)
            }
        }

        func find() async throws -> Ran {
            let bash = try await Binary(path: "sh").run(["-c", "command -v bash"]).stdout
            return try await Binary(path: String(bash.dropLast())).run(
                [folder.path(of: "action/release/find-pawl.sh")], environment: variables,
                in: folder.path)
        }

        /// How curl was called, one call a line.
        var calls: [String] {
            ((try? folder.text(of: "curl.log")) ?? "").split(separator: "\n").map(String.init)
        }
    }

    /// The asset's name on this machine.
    private static func asset() async throws -> String {
        let ran = try await Binary(path: "sh").run(
            ["-c", "printf 'pawl-%s-%s' \"$(uname -s | tr A-Z a-z)\" \"$(uname -m)\""])
        return ran.stdout
    }

    private func expectRefusal(
        _ ran: Ran, saying word: String, location: SourceLocation = #_sourceLocation
    ) {
        #expect(ran.status == 3, "\(ran)", sourceLocation: location)
        #expect(ran.stdout.isEmpty, "\(ran)", sourceLocation: location)
        let errors = ActionLog.commands(in: ran.stderr)
        #expect(errors.map(\.name) == ["error"], "\(ran)", sourceLocation: location)
        #expect(
            errors.first?.message.contains(word) == true, "\(ran)", sourceLocation: location)
    }

    @Test("PAWL_BINARY goes before everything, and must be a program")
    func givenBinary() async throws {
        try await Stage.with(checksums: { _ in "" }) { stage in
            let given = try stage.folder.writeProgram(Stage.program, to: "given/pawl")
            try stage.folder.writeProgram(Stage.program, to: "bin/pawl")
            stage.variables["PAWL_BINARY"] = given
            #expect(try await stage.find().stdout == "\(given)\n")
            stage.variables["PAWL_BINARY"] = "given/pawl"
            #expect(try await stage.find().stdout == "\(given)\n")

            try stage.folder.write("text", to: "given/text")
            for path in ["given/none", "given/text", "given"] {
                stage.variables["PAWL_BINARY"] = path
                expectRefusal(try await stage.find(), saying: path)
            }
        }
    }

    @Test("pawl on PATH goes before a release")
    func onPath() async throws {
        let asset = try await Self.asset()
        try await Stage.with(checksums: { "\($0)  v1.2.3/\(asset)\n" }) { stage in
            let found = try stage.folder.writeProgram(Stage.program, to: "bin/pawl")
            #expect(try await stage.find().stdout == "\(found)\n")
            #expect(stage.calls.isEmpty)
        }
    }

    @Test("the list of this repository has no release yet: it says what to do and asks nobody")
    func noRelease() async throws {
        let list = try ActionSources.text(of: "release/checksums.txt")
        try await Stage.with(checksums: { _ in list }) { stage in
            let ran = try await stage.find()
            expectRefusal(ran, saying: "PAWL_BINARY")
            #expect(ran.stderr.contains("PATH"), "\(ran)")
            #expect(stage.calls.isEmpty)
        }
    }

    @Test("a release that has the listed SHA-256 is fetched once, over https alone")
    func fetched() async throws {
        let asset = try await Self.asset()
        try await Stage.with(checksums: { "\($0)  v1.2.3/\(asset)\n" }) { stage in
            let first = try await stage.find()
            #expect(first.status == 0, "\(first)")
            let path = String(first.stdout.dropLast())
            #expect(path.hasPrefix(stage.folder.path(of: "temp/")), "\(first)")
            let program = try await Binary(path: path).run()
            #expect(program.stdout == "this is pawl\n")
            #expect(try await stage.find().stdout == first.stdout)

            #expect(stage.calls.count == 1)
            let call = stage.calls.first ?? ""
            for option in ["--fail", "--proto =https", "--max-time ", "--max-filesize "] {
                #expect(call.contains(option), "\(call)")
            }
            #expect(
                call.hasSuffix(
                    " -- https://github.example/acme/pawl/releases/download/v1.2.3/\(asset)"),
                "\(call)")
        }
    }

    @Test("what was fetched earlier is checked again before it is run")
    func checkedAgain() async throws {
        let asset = try await Self.asset()
        try await Stage.with(checksums: { "\($0)  v1.2.3/\(asset)\n" }) { stage in
            let path = String(try await stage.find().stdout.dropLast())
            try stage.folder.write("#!/bin/sh\necho evil\n", to: "evil")
            let exchange = try await Binary(path: "cp").run([stage.folder.path(of: "evil"), path])
            #expect(exchange.status == 0)
            let again = try await stage.find()
            #expect(again.status == 0, "\(again)")
            #expect(try ActionFolder.text(of: path) == Stage.program)
            #expect(stage.calls.count == 2)
        }
    }

    @Test("an exchanged asset is refused and not kept")
    func exchanged() async throws {
        let asset = try await Self.asset()
        try await Stage.with(checksums: { "\($0)  v1.2.3/\(asset)\n" }) { stage in
            stage.variables["CURL_DELIVERS"] = try stage.folder.write(
                Stage.program + "\n", to: "exchanged")
            expectRefusal(try await stage.find(), saying: "SHA-256")
            let left = try await Binary(path: "find").run(
                [stage.folder.path(of: "temp"), "-type", "f"])
            #expect(left.status == 0 && left.stdout.isEmpty, "\(left)")
        }
    }

    @Test("a download that fails is said, with another way")
    func notDownloaded() async throws {
        let asset = try await Self.asset()
        try await Stage.with(checksums: { "\($0)  v1.2.3/\(asset)\n" }) { stage in
            stage.variables["CURL_DELIVERS"] = "/nowhere"
            expectRefusal(try await stage.find(), saying: "PAWL_BINARY")
        }
    }

    @Test("a version's tag takes that version, a commit the newest one of its list")
    func versions() async throws {
        let asset = try await Self.asset()
        let list: (String) -> String = { digest in
            """
            # A comment, and another platform.
            \(digest)  v1.2.3/\(asset)
            \(digest)  v1.2.3/pawl-plan9-mips
            \(digest)  v1.10.0/\(asset)

            """
        }
        for (ref, version) in [
            (String(repeating: "3c", count: 20), "v1.10.0"), ("main", "v1.10.0"), ("", "v1.10.0"),
            ("v1", "v1.10.0"), ("v1.2.3", "v1.2.3"), ("v1.10.0", "v1.10.0"),
        ] {
            try await Stage.with(checksums: list) { stage in
                stage.variables["PAWL_ACTION_REF"] = ref
                let ran = try await stage.find()
                #expect(ran.status == 0, "\(ran)")
                #expect(stage.calls.first?.contains("/download/\(version)/") == true, "\(ref)")
            }
        }
        try await Stage.with(checksums: list) { stage in
            for ref in ["v1.2.4", "v1a2.3", "v0.2.3"] where ref != "v1a2.3" {
                stage.variables["PAWL_ACTION_REF"] = ref
                expectRefusal(try await stage.find(), saying: ref)
            }
            #expect(stage.calls.isEmpty)
        }
    }

    @Test(
        "an action used by its path, or by a name that is none, has no releases",
        arguments: [
            "", "acme", "acme/pawl/x", "acme/pa wl", "https://evil.example/x", "-x/pawl",
            "acme/pawl\n::error::FORGED",
        ])
    func noRepository(name: String) async throws {
        let asset = try await Self.asset()
        try await Stage.with(checksums: { "\($0)  v1.2.3/\(asset)\n" }) { stage in
            stage.variables["PAWL_ACTION_REPOSITORY"] = name
            expectRefusal(try await stage.find(), saying: "PAWL_BINARY")
            #expect(stage.calls.isEmpty)
        }
    }

    @Test(
        "a ref cannot forge a command",
        arguments: [
            "x\n::error::FORGED", "v1.2.3\n::error::FORGED", "x##[error]FORGED", "$(touch FORGED)",
            ".*", "[", "v1.2.3|.*",
        ])
    func hostileRef(ref: String) async throws {
        try await Stage.with(checksums: { _ in "# None.\n" }) { stage in
            stage.variables["PAWL_ACTION_REF"] = ref
            expectRefusal(try await stage.find(), saying: "checksums.txt")
            #expect(!stage.folder.has("FORGED"))
        }
    }
}
