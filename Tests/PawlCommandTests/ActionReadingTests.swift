import Testing

/// The readers that other tests judge by must themselves see what a runner sees.
@Suite("Reading what a step wrote, as the runner does")
struct ActionReadingTests {
    private typealias Entry = ActionCommandFile.Entry

    @Test("entries on one line and over several")
    func entries() throws {
        let text = """
            one=1
            empty=

            url=a=b<<c
            many<<=EOF
            first

            third=x<<y
            =EOF
            none<<END
            END
            last=1
            """
        #expect(
            try ActionCommandFile.entries(of: text) == [
                Entry(name: "one", value: "1"), Entry(name: "empty", value: ""),
                Entry(name: "url", value: "a=b<<c"),
                Entry(name: "many", value: "first\n\nthird=x<<y"),
                Entry(name: "none", value: ""), Entry(name: "last", value: "1"),
            ])
    }

    @Test(
        "what the runner fails the step for",
        arguments: [
            "text", "=value", "<<END\nx\nEND", "name<<\nx\n", "name<<END\nx", "name<<END\nx\n END",
        ])
    func malformed(text: String) {
        #expect(throws: ActionCommandFile.Malformed.self) {
            try ActionCommandFile.entries(of: text)
        }
    }

    @Test(
        "a command at the start of a line, or in brackets anywhere",
        arguments: [
            ("::error::x", "error", "x"), ("  ::Notice title=a%3A%2C::%25 %0A", "notice", "% \n"),
            ("text ##[warning]x", "warning", "x"), ("a\r::debug::x", "debug", "x"),
            ("a\r\n::debug::", "debug", ""),
        ])
    func commands(text: String, name: String, message: String) {
        let found = ActionLog.commands(in: text)
        #expect(found.map(\.name) == [name])
        #expect(found.map(\.message) == [message])
    }

    @Test(
        "no command within a line, without its end, or broken by a blank",
        arguments: [
            "text ::error::x", "::error", ":: error::x", "## [error]x", "##[error x", "",
        ])
    func noCommands(text: String) {
        #expect(ActionLog.commands(in: text).isEmpty)
    }
}
