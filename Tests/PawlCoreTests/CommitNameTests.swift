import PawlCore
import Testing

@Suite("Commit ids and names")
struct CommitNameTests {
    private let full = "0123456789abcdef0123456789abcdef01234567"

    @Test("exactly forty lower-case hex digits are a full id")
    func fullID() throws {
        let commit = try CommitID(full)
        #expect(commit.hex == full)
        #expect(commit.short == "0123456")
        #expect("\(commit)" == full)
    }

    @Test("another number of digits is refused", arguments: [0, 1, 7, 39, 41, 64])
    func length(count: Int) {
        #expect(throws: CommitID.Malformed.length(count)) {
            try CommitID(String(repeating: "a", count: count))
        }
    }

    @Test(
        "what is not lower-case hex is refused in a full id and in a name",
        arguments: ["A", "g", " ", ";", "$", "`", "\n", "\u{0}", "-"])
    func alphabet(character: String) {
        #expect(throws: CommitID.Malformed.character) {
            try CommitID(full.dropLast() + character)
        }
        #expect(throws: CommitName.Malformed.character) {
            try CommitName(full.dropLast() + character)
        }
        #expect(throws: CommitName.Malformed.character) { try CommitName("abcdef" + character) }
    }

    @Test("digits that only look like digits are refused: length is counted in bytes")
    func unicode() {
        #expect(throws: CommitID.Malformed.self) {
            try CommitID(String(repeating: "٣", count: 40))
        }
        #expect(throws: CommitName.Malformed.character) { try CommitName("1234567é") }
    }

    @Test("a name is 7 to 39 digits, or a full id")
    func names() throws {
        #expect(try CommitName("1a2b3c4") == .short("1a2b3c4"))
        #expect(try CommitName(full.dropLast()) == .short(String(full.dropLast())))
        #expect(try CommitName(full) == .full(CommitID(full)))
        #expect("\(try CommitName("1a2b3c4"))" == "1a2b3c4")
        #expect("\(try CommitName(full))" == full)
    }

    @Test("a name of another length is refused", arguments: [0, 1, 6, 41, 64])
    func nameLength(count: Int) {
        #expect(throws: CommitName.Malformed.length(count)) {
            try CommitName(String(repeating: "a", count: count))
        }
    }
}
