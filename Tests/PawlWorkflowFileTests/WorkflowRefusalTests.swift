import PawlCore
import PawlWorkflowFile
import Testing

@Suite("A workflow file that cannot be judged is refused with a place and a reason")
struct WorkflowRefusalTests {
    struct Slip: Sendable, CustomTestStringConvertible {
        let text: String
        let refusal: String

        init(_ text: String, _ refusal: String) {
            self.text = text
            self.refusal = refusal
        }

        var testDescription: String { text }
    }

    private func expectRefusal(_ slip: Slip) {
        let refusal = Workflow(slip.text).refusal
        #expect(refusal.hasPrefix(slip.refusal), "\(refusal)")
    }

    @Test(
        "what is no workflow file",
        arguments: [
            Slip("", "garbled: line 1, column 1: the file is empty"),
            Slip("# nothing\n", "garbled: line 1, column 1: the file is empty"),
            Slip("---\n", "garbled: line 1, column 1: the file is empty"),
            Slip("~", "garbled: line 1, column 1: the file is empty"),
            Slip("push", "garbled: line 1, column 1: expected a mapping of keys, found text"),
            Slip(
                "- on: push", "garbled: line 1, column 1: expected a mapping of keys, found a"),
            Slip("\nname: x\njobs: {}", "garbled: line 2, column 1: there is no `on:`"),
            Slip("true: push", "garbled: line 1, column 1: there is no `on:`"),
            Slip("On: push", "garbled: line 1, column 1: there is no `on:`"),
            Slip("on:", "garbled: line 1, column 1: `on:` names no event"),
            Slip("on: ~", "garbled: line 1, column 1: `on:` names no event"),
            Slip("on: []", "garbled: line 1, column 1: `on:` names no event"),
            Slip("on: {}", "garbled: line 1, column 1: `on:` names no event"),
            Slip(
                "on: [[push]]", "garbled: line 1, column 6: `on:`: expected an event's name"),
            Slip("on:\n- push: {}", "garbled: line 2, column 3: `on:`: expected an event's name"),
            Slip("on: [push, ~]", "garbled: line 1, column 12: `on:`: expected an event's name"),
            Slip(
                "on: push\non: [push]",
                "garbled: line 2, column 1: the key \"on\" stands twice, in lines 1 and 2"),
            Slip(
                "on: {push: , push: }", "garbled: line 1, column 14: the key \"push\" stands"),
            Slip("on: push\njobs: {}\njobs: {}", "garbled: line 3, column 1: the key \"jobs\""),
            Slip("on: {push: {paths: [a], paths: [b]}}", "garbled: line 1, column 25: the key"),
            Slip("on: push\n---\non: push", "garbled: line 2, column 1: a second document begins"),
            Slip("? [on]\n: push", "garbled: line 1, column 3: a key must be text"),
            Slip("on: [push", "garbled: line 1, column 10: not YAML: "),
            Slip("on: push\n\tjobs: {}", "garbled: line 2, column 1: not YAML: "),
            Slip("on: push\njobs: {a: [}", "garbled: line 2, column 12: not YAML: "),
            Slip("on: push\njobs: a: b", "garbled: line 2, column 8: not YAML: "),
            Slip("<html><body>404</body></html>", "garbled: line 1, column 1: expected a mapping"),
            Slip("on: push\u{7}", "garbled: line 1, column 1: byte 8: control characters"),
        ])
    func garbled(slip: Slip) {
        expectRefusal(slip)
    }

    @Test(
        "an alias, a merge key or a tag where it says what starts it",
        arguments: [
            Slip("x: &a push\non: *a", "unsupported: line 2, column 5: it uses YAML anchors"),
            Slip(
                "x: &a [a]\non: {push: {paths: *a}}",
                "unsupported: line 2, column 20: it uses YAML anchors"),
            Slip(
                "on:\n  pull_request: &f {paths: [a]}\n  push: *f",
                "unsupported: line 3, column 9: it uses YAML anchors"),
            Slip("x: &a a\non: {push: {paths: [*a]}}", "unsupported: line 2, column 21: it uses"),
            Slip("x: &a on\n*a : push", "unsupported: line 2, column 1: it uses YAML anchors"),
            Slip("x: &a push\non: {*a : }", "unsupported: line 2, column 6: it uses YAML anchors"),
            Slip("x: &a {on: push}\n<<: *a", "unsupported: line 2, column 1: it uses YAML anchors"),
            Slip("x: &a {push: }\non: {<<: *a}", "unsupported: line 2, column 6: it uses YAML"),
            Slip("x: &a y\nname: *a\non: push", "unsupported: line 2, column 7: it uses YAML anch"),
            Slip("on: !!str push", "unsupported: line 1, column 5: it uses YAML tags"),
            Slip("!!str on: push", "unsupported: line 1, column 1: it uses YAML tags"),
            Slip("!!map {on: push}", "unsupported: line 1, column 1: it uses YAML tags"),
            Slip("on: {push: !mine {paths: [a]}}", "unsupported: line 1, column 12: it uses YAML"),
        ])
    func references(slip: Slip) {
        expectRefusal(slip)
        #expect(
            Workflow(slip.text).failure?.advice?.hasPrefix("Run the gate on this commit") == true)
    }

    @Test(
        "filters that GitHub would refuse, or whose meaning is uncertain",
        arguments: [
            ("paths: [a]\n    paths-ignore: [b]", "3, column 5: `push:` has both `paths` and"),
            ("branches: [a]\n    branches-ignore: [b]", "3, column 5: `push:` has both `branches`"),
            ("tags: [a]\n    tags-ignore: [b]", "3, column 5: `push:` has both `tags` and"),
            ("paths: ['!docs/**']", "3, column 5: `paths` has only patterns with `!`"),
            ("branches: '!a'", "3, column 5: `branches` has only patterns with `!`"),
            ("tags: ['!a']", "3, column 5: `tags` has only patterns with `!`"),
            ("paths-ignore: ['a', '!a/b']", "3, column 5: `paths-ignore` has a pattern with `!`"),
            ("paths:", "3, column 5: `paths` must be text or a list of texts"),
            ("paths: ~", "3, column 5: `paths` must be text or a list of texts"),
            ("paths: {a: b}", "3, column 5: `paths` must be text or a list of texts"),
            ("paths: []", "3, column 5: `paths` is an empty list"),
            ("paths: [[a]]", "3, column 13: `paths`: expected text, found a list"),
            ("paths: [a, ]\n    branches: [~]", "4, column 16: `branches`: expected text"),
            ("paths: ['']", "3, column 13: `paths` has the pattern \"\", which is empty"),
            ("paths: ['src/[a']", "3, column 13: `paths` has the pattern \"src/[a\", whose []"),
            ("paths: [/src/**]", "3, column 13: `paths` has the pattern \"/src/**\", which begins"),
            ("paths: ['a**/b']", "3, column 13: `paths` has the pattern \"a**/b\", whose ** are"),
            ("paths: [\"a\\nb\"]", "3, column 13: `paths` has the pattern \"a\\u{a}b\", which has"),
            ("paths: ['+a']", "3, column 13: `paths` has the pattern \"+a\", in which ? or +"),
            ("paths: ['a\\b']", "3, column 13: `paths` has the pattern \"a\\b\", in which \\"),
            ("paths: ['!!a']", "3, column 13: `paths` has the pattern \"!!a\", which has a second"),
            ("paths: ['a ']", "3, column 13: `paths` has the pattern \"a \", which begins or ends"),
            ("branches: ['a b']", "3, column 16: `branches` has the pattern \"a b\", which can be"),
            ("tags: ['v[']", "3, column 12: `tags` has the pattern \"v[\", whose []"),
            ("branches: [1.10]", "3, column 16: `branches` has \"1.10\", which is not text"),
            ("branches: [2e3]", "3, column 16: `branches` has \"2e3\", which is not text"),
            ("branches: [0x1F]", "3, column 16: `branches` has \"0x1F\", which is not text"),
            ("branches: [0o17]", "3, column 16: `branches` has \"0o17\", which is not text"),
            ("branches: -1", "3, column 15: `branches` has \"-1\", which is not text"),
            ("branches: True", "3, column 15: `branches` has \"True\", which is not text"),
            ("branches: ['${{ github.x }}']", "3, column 16: `branches` has an expression"),
            ("branch: [main]", "3, column 5: `push:` has the unknown key \"branch\""),
        ])
    func filters(filter: String, refusal: String) {
        expectRefusal(Slip("on:\n  push:\n    \(filter)\n", "unsupported: line " + refusal))
    }

    @Test(
        "other things of the wrong kind",
        arguments: [
            Slip("on: {push: main}", "unsupported: line 1, column 12: `push:` must be a mapping"),
            Slip("on: {push: [main]}", "unsupported: line 1, column 12: `push:` must be a mapping"),
            Slip("on: push\nname: [a]", "unsupported: line 2, column 7: `name:` must be text"),
            Slip("on: {workflow_run: x}", "unsupported: line 1, column 20: `workflow_run:` must"),
            Slip(
                "on: {workflow_run: {workflows: }}", "unsupported: line 1, column 21: `workflows`"),
            Slip("on: {workflow_run: {workflows: []}}", "unsupported: line 1, column 21: `workf"),
        ])
    func kinds(slip: Slip) {
        expectRefusal(slip)
    }

    @Test("a pattern that is too long or one too many is refused")
    func bounds() {
        let long = String(repeating: "a", count: Limits.filterPatternCharactersMax + 1)
        expectRefusal(
            Slip("on: {push: {paths: \(long)}}", "unsupported: line 1, column 20: `paths` has the"))
        let many = Array(repeating: "a", count: Limits.filterPatternsMax)
        #expect(Workflow("on: {push: {paths: [\(many.joined(separator: ", "))]}}").push != nil)
        let tooMany = (many + ["a"]).joined(separator: ", ")
        expectRefusal(
            Slip(
                "on: {push: {paths: [\(tooMany)]}}",
                "unsupported: line 1, column 13: `paths` has \(many.count + 1) patterns"))
    }

    @Test("what is shown of the file is cut, and nothing invisible is left in it")
    func escaped() throws {
        let pattern = "\\e[31m\\u202E" + String(repeating: "x", count: 500) + "[\\n"
        let failure = Workflow("on: {push: {paths: [\"\(pattern)\"]}}").failure
        let detail = try #require(failure).detail
        #expect(detail.count < 300)
        #expect(detail.contains("\"\\u{1b}[31m\\u{202e}xxx"))
        #expect(detail.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        #expect(!detail.hasSuffix("."))
    }
}
