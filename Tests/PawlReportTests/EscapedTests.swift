import PawlCore
import PawlReport
import Testing

@Suite("Text from outside is harmless wherever it is shown")
struct EscapedTests {
    @Test(
        "on a terminal it is one line without escape sequences or marks of direction",
        arguments: [
            ("plain text", "plain text"),
            ("two\nlines", "two lines"),
            ("\u{1B}[31mred\u{1B}[0m", "\u{FFFD}[31mred\u{FFFD}[0m"),
            ("\u{9B}31m", "\u{FFFD}31m"),
            ("bell\u{07}", "bell\u{FFFD}"),
            ("abc\u{202E}cba", "abc\u{FFFD}cba"),
            ("zero\u{200B}width", "zero\u{FFFD}width"),
            ("nul\u{0}", "nul\u{FFFD}"),
        ])
    func terminal(text: String, shown: String) {
        #expect(Escaped.terminal(text) == shown)
    }

    @Test("the runner's second form of commands, read anywhere in a line, is broken")
    func bracketCommands() {
        #expect(!Escaped.terminal("note ##[error]forged").contains("##["))
        #expect(!Escaped.terminal("####[add-mask]x").contains("##["))
    }

    @Test(
        "in a workflow command it cannot end the message or begin another command",
        arguments: [
            ("percent % done", "percent %25 done"),
            ("already %25", "already %2525"),
            ("a\r\n::error::forged", "a  ::error::forged"),
        ])
    func commandMessage(text: String, shown: String) {
        #expect(Escaped.commandMessage(text) == shown)
        #expect(!Escaped.commandMessage(text).contains("\n"))
    }

    @Test("in a property of a workflow command it cannot begin another property")
    func commandProperty() {
        #expect(Escaped.commandProperty("a,file=b:c%") == "a%2Cfile=b%3Ac%25")
    }

    @Test(
        "in Markdown it renders as itself",
        arguments: [
            ("a|b", "a\\|b"),
            ("`code`", "\\`code\\`"),
            ("<script>alert(1)</script>", "&lt;script&gt;alert\\(1\\)&lt;/script&gt;"),
            ("[click](https://evil.example)", "\\[click\\]\\(https\\://evil.example\\)"),
            ("![img](x)", "\\!\\[img\\]\\(x\\)"),
            ("# heading", "\\# heading"),
            ("a & b", "a &amp; b"),
            ("www.evil.example", "www\\.evil.example"),
            ("line\nbreak", "line break"),
        ])
    func markdown(text: String, shown: String) {
        #expect(Escaped.markdown(text) == shown)
    }
}

@Suite("JSON is written so that no text can leave its string")
struct JSONValueTests {
    @Test(
        "every character outside of printable ASCII is escaped",
        arguments: [
            ("plain", "\"plain\""),
            ("quote \" and \\", "\"quote \\\" and \\\\\""),
            ("\u{1B}[31m", "\"\\u001b[31m\""),
            ("é", "\"\\u00e9\""),
            ("😀", "\"\\ud83d\\ude00\""),
            ("a\nb\tc", "\"a\\nb\\tc\""),
            ("\u{7F}", "\"\\u007f\""),
        ])
    func strings(text: String, written: String) {
        #expect(JSONValue.string(text).text == written)
    }

    @Test("objects keep the order in which they were written")
    func order() {
        let document = JSONValue.object([
            "schema": .integer(1), "b": .bool(true), "a": .null, "list": .array([.integer(-2)]),
        ])
        #expect(document.text == #"{"schema": 1, "b": true, "a": null, "list": [-2]}"#)
    }
}
