import PawlCore
import PawlTesting
import Testing

@Suite("Tags and tag patterns")
struct TagTests {
    @Test(
        "a tag of the specification's grammar is kept as written",
        arguments: ["latest", "v1.2.3", "_", "0", "A-b_c.d", "staging-1a2b3c4"])
    func good(text: String) throws {
        #expect(try Tag(text).text == text)
        #expect("\(try Tag(text))" == text)
    }

    @Test("128 characters are a tag, 129 are not")
    func length() throws {
        #expect(try Tag(String(repeating: "a", count: 128)).text.count == 128)
        #expect(throws: ImageReference.Malformed.tag) {
            try Tag(String(repeating: "a", count: 129))
        }
    }

    @Test(
        "anything else is refused",
        arguments: ["", ".a", "-a", "a b", "a/b", "a:b", "a@b", "ä", "a\n", "a\u{0}", "{sha}"])
    func bad(text: String) {
        #expect(throws: ImageReference.Malformed.tag) { try Tag(text) }
    }

    @Test("a pattern gives each commit its tag")
    func pattern() throws {
        let commit = CommitID.named("a")
        for (pattern, tag) in [
            ("staging-{short_sha}", "staging-\(commit.short)"), ("{sha}", commit.hex),
            ("{short_sha}-{sha}.x", "\(commit.short)-\(commit.hex).x"),
        ] {
            #expect(try TagPattern(pattern).tag(for: commit).text == tag)
            #expect(try TagPattern(pattern).description == pattern)
        }
    }

    @Test("a pattern without a commit would give all commits one tag")
    func noCommit() {
        for text in ["", "latest"] {
            #expect(throws: TagPattern.Malformed.noCommit) { try TagPattern(text) }
        }
    }

    @Test("a brace that is no placeholder is named in the complaint")
    func placeholder() {
        for (text, part) in [
            ("{sh}", "{sh}"), ("x-{SHA}", "{SHA}"), ("{sha", "{sha"), ("sha}", "}"),
            ("{{sha}}", "{{sha}"), ("{sha}}", "}"), ("{sha}-{", "{"), ("{}", "{}"),
        ] {
            #expect(throws: TagPattern.Malformed.placeholder(part)) { try TagPattern(text) }
        }
    }

    @Test("a pattern whose tags are none is refused, before any commit is known")
    func badTag() {
        for text in [
            "-{sha}", ".{sha}", "a b{sha}", "a/{sha}", "{sha}:x",
            String(repeating: "x", count: 89) + "{sha}",
        ] {
            #expect(throws: TagPattern.Malformed.tag) { try TagPattern(text) }
        }
        #expect(throws: Never.self) {
            try TagPattern(String(repeating: "x", count: 88) + "{sha}")
        }
    }
}
