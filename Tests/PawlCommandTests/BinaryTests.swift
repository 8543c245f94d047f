import Testing

@Suite("Running a program")
struct BinaryTests {
    @Test("pawl is beside the test bundle and tells its version")
    func pawlIsThere() async throws {
        let ran = try await Binary.pawl.run(["--version"])
        #expect(ran.status == 0)
        #expect(!ran.stdout.isEmpty)
    }

    @Test("status, stdout and stderr are told apart, and nothing else is inherited")
    func whatAProgramLeaves() async throws {
        let ran = try await Binary(path: "sh").run(
            ["-c", "echo \"$GIVEN\"; env | cut -d= -f1 | sort >&2; exit 7"],
            environment: ["GIVEN": "here"])
        #expect(ran.status == 7)
        #expect(ran.stdout == "here\n")
        let names = Set(ran.stderr.split(separator: "\n"))
        // A shell adds its own.
        #expect(names.subtracting(["OLDPWD", "PWD", "SHLVL", "_"]) == ["GIVEN", "HOME", "PATH"])
    }

    @Test("a program that takes too long is ended with all that it started")
    func tooLong() async throws {
        await #expect(throws: NotInTime.self) {
            _ = try await Binary(path: "sh").run(
                ["-c", "sleep 600 & sleep 600"], limit: .milliseconds(300))
        }
    }

    @Test("a program that is not there is named")
    func notThere() async throws {
        await #expect(throws: NotThere.self) {
            _ = try await Binary(path: "no-such-program-anywhere").run()
        }
    }
}
