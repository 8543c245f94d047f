import PawlCore
import Testing

@Suite("`after:` says who is told")
struct HooksTests {
    private func after(_ lines: [String], _ change: (inout Sample) -> Void = { _ in }) -> Reading {
        Sample.reading(environment: ["KEY": "0123456789abcdef"]) {
            $0.more = ["after:"] + lines.map { "  " + $0 }
            $0.tail = ["ledger: git"]
            change(&$0)
        }
    }

    private func input(_ value: String, _ change: (inout Sample) -> Void = { _ in }) -> Reading {
        after(["- {dispatch: a.yml, inputs: {t: '\(value)'}}"], change)
    }

    @Test("hooks keep the order of the file, and have names that show no secret")
    func order() throws {
        let reading = after([
            "- webhook: https://chat.example/${KEY}", "  secret: ${KEY}",
            "- dispatch: .github/workflows/a.yml", "- webhook: https://chat.example/other",
            "- dispatch: b.yaml", "  inputs: {z: '1', a: '2'}",
        ])
        let channel = try #require(reading.policy?.channels.first)
        #expect(
            channel.hooks == [
                .webhook(
                    Secret("https://chat.example/0123456789abcdef"),
                    secret: Secret("0123456789abcdef")),
                .dispatch(WorkflowName(".github/workflows/a.yml"), inputs: []),
                .webhook(Secret("https://chat.example/other"), secret: nil),
                .dispatch(
                    WorkflowName("b.yaml"),
                    inputs: [
                        Hook.Input(name: "z", template: "1"), Hook.Input(name: "a", template: "2"),
                    ]),
            ])
        #expect(
            channel.namedHooks.map(\.name) == [
                "webhook chat.example", "dispatch .github/workflows/a.yml",
                "webhook chat.example #2", "dispatch b.yaml",
            ])
        #expect(reading.warnings == [])
    }

    @Test("without a ledger in the policy a warning says what is needed, and where else it may be")
    func noLedger() {
        let reading = after(["- dispatch: a.yml"]) { $0.tail = [] }
        #expect(reading.policy?.channels.first?.hooks.count == 1)
        #expect(
            reading.warnings == [
                "pawl.yaml:9:5: after: hooks are told from a ledger's entries, and the policy "
                    + "names no ledger. Add `ledger: git`, or name one with --ledger; nobody is "
                    + "told without one."
            ])
        #expect(after(["- dispatch: a.yml"]).warnings == [])
    }

    @Test(
        "placeholders, and text around them",
        arguments: [
            "{sha}", "a-{short_sha}.{tag}", "{entry}{entry}", "plain", "a}b",
            "x {digest:ghcr.io/acme/app} y",
        ])
    func placeholders(template: String) {
        #expect(
            input(template).policy?.channels.first?.hooks == [
                .dispatch(
                    WorkflowName("a.yml"), inputs: [Hook.Input(name: "t", template: template)])
            ])
    }

    @Test("an image in a placeholder may be written as short as under images:")
    func shortImage() {
        for written in ["app", "docker.io/library/app", "index.docker.io/library/app"] {
            let reading = input("{digest:\(written)} {tag}") { $0.images = "[app]" }
            #expect(
                reading.policy?.channels.first?.hooks == [
                    .dispatch(
                        WorkflowName("a.yml"),
                        inputs: [
                            Hook.Input(
                                name: "t", template: "{digest:docker.io/library/app} {tag}")
                        ])
                ])
        }
    }

    @Test(
        "an image that the channel does not have is refused",
        arguments: [
            (
                "{digest:ghcr.io/acme/ap}",
                "names no image of the channel; did you mean \"{digest:ghcr.io/acme/app}\"?"
            ),
            (
                "{digest:worker}",
                "names no image of the channel. Name one as `images:` does, without a tag."
            ),
            (
                "{digest:ghcr.io/acme/app:latest}",
                "names no image of the channel. Name one as `images:` does, without a tag."
            ),
            (
                "{digest:}",
                "names no image of the channel. Name one as `images:` does, without a tag."
            ),
        ])
    func otherImage(template: String, complaint: String) {
        #expect(
            input(template).onlyComplaint
                == "pawl.yaml:10:39: inputs: \"\(template)\" \(complaint)")
    }

    @Test("the long form's image counts, not its source")
    func longForm() {
        let images = "[{image: ghcr.io/acme/app, source: ghcr.io/acme/app}, ghcr.io/acme/worker]"
        #expect(input("{digest:ghcr.io/acme/worker}") { $0.images = images }.policy != nil)
        #expect(input("{digest:ghcr.io/acme/app}") { $0.images = images }.policy != nil)
    }

    @Test(
        "a placeholder that is none is refused",
        arguments: ["{SHA}", "{digest}", "{digest:a", "{", "{ sha}", "{sha"])
    func unknownPlaceholder(template: String) {
        #expect(
            input(template).onlyComplaint
                == "pawl.yaml:10:39: inputs: \"\(template)\" is no placeholder. Use {sha}, "
                + "{short_sha}, {tag}, {entry} or {digest:IMAGE}.")
    }

    @Test("a dispatch has at most 25 inputs")
    func inputs() {
        func inputs(_ count: Int) -> Reading {
            after(
                ["- dispatch: a.yml", "  inputs:"]
                    + (1...count).map { "    i\($0): x" })
        }
        #expect(inputs(25).policy?.channels.first?.hooks.count == 1)
        #expect(
            inputs(26).onlyComplaint
                == "pawl.yaml:37:11: inputs: 26 inputs; a dispatch takes at most 25. Let one input "
                + "hold several values.")
    }

    @Test("without a code host there is nobody who could start a workflow")
    func localClone() {
        let local = { (sample: inout Sample) in
            sample.head = "version: 1\nhost: git\nbranch: main"
        }
        #expect(
            after(["- dispatch: a.yml"], local).onlyComplaint
                == "pawl.yaml:10:9: dispatch: with host: git there is no code host that could "
                + "start a workflow. Tell a webhook instead.")
        #expect(after(["- webhook: https://a.example"], local).policy != nil)
    }

    @Test("a workflow outside of the folder of workflows cannot be started")
    func otherFolder() {
        #expect(
            after(["- dispatch: ../../x.yml"]).onlyComplaint.hasPrefix(
                "pawl.yaml:10:19: dispatch: \"../../x.yml\" is no path of a workflow."))
    }

    @Test("the very same hook twice is a slip; two of one host are not")
    func twice() {
        #expect(
            after(["- dispatch: a.yml", "- dispatch: a.yml"]).onlyComplaint
                == "pawl.yaml:11:9: the same hook stands twice, in lines 10 and 11. Keep one of "
                + "them.")
        let same = "- webhook: https://a.example/x"
        #expect(
            after([same, same]).onlyComplaint.hasPrefix("pawl.yaml:11:9: the same hook stands"))
        #expect(
            after(["- dispatch: a.yml", "- {dispatch: a.yml, inputs: {a: b}}"]).policy != nil)
    }

    @Test("a hook that cannot be read leaves the others and the images in peace")
    func oneWrong() {
        let reading = after(["- dispatch: Redeploy", "- webhook: ftp://a", "- dispatch: a.yml"])
        #expect(reading.complaints.count == 2)
        let images = input("{digest:a}") { $0.images = "[':']" }
        #expect(images.onlyComplaint.hasPrefix("pawl.yaml:6:14:"))
    }
}

@Suite("No channel waits for Pawl's own status")
struct OwnStatusTests {
    private func gate(_ name: String) -> Reading {
        Sample.reading {
            $0.more = ["gates: [{check: \(name)}]"]
            $0.tail = ["  edge: {images: [b], from: '{sha}', build: b.yml}"]
        }
    }

    @Test("of any channel of the policy", arguments: ["pawl/latest", "pawl/edge"])
    func own(name: String) {
        #expect(
            gate(name).onlyComplaint
                == "pawl.yaml:9:21: check: \"\(name)\" is the status that Pawl itself reports. "
                + "Name what the channel waits for; it cannot wait for Pawl's own verdict.")
    }

    @Test(
        "checks of other names are others'",
        arguments: ["pawl/other", "pawl", "pawl/", "pawl/latest/x", "my/pawl/latest", "latest"])
    func others(name: String) {
        #expect(gate(name).complaints == [])
    }
}
