import PawlCore
import PawlPolicyFile
import Testing

@Suite("pawl.yaml says a policy")
struct PolicyFileTests {
    @Test("the whole file of the contract, with every key")
    func wholeFile() throws {
        let reading = Reading(
            """
            version: 1
            repository: acme/app            # owner/name at the code host
            host: github                    # github | git
            branch: main
            ledger: git

            channels:
              latest:
                images:                     # one image:tag belongs to one channel
                  - ghcr.io/acme/app
                  - image: registry.internal:5000/worker
                    source: registry.internal:5000/worker
                from: "staging-{short_sha}"
                to: latest
                build: publish-image.yml
                gates:
                  - workflow: e2e.yml
                    absent: pass
                    cancelled: reject
                    events: [push, schedule]
                    job: e2e
                  - check: security/scan
                    app: github-actions
                  - age: 30m
                forward:
                  label: com.acme.revision
                  unlabelled: accept
                  behind: settle
                  moved-by-others: restore
                after:
                  - dispatch: redeploy.yml
                    inputs: { target_tag: "{tag}", d: "{digest:ghcr.io/acme/app} {entry}" }
                  - webhook: https://chat.acme.example/hook
                    secret: ${WEBHOOK_SECRET}

            registries:
              registry.internal:5000: { insecure: true, auth: auth.internal }
            """, environment: ["WEBHOOK_SECRET": "0123456789abcdef"])
        let app = try Repository("ghcr.io/acme/app")
        let worker = try Repository("registry.internal:5000/worker")
        let gates: [Gate] = [
            .workflow(
                WorkflowGate(
                    workflow: WorkflowName("e2e.yml"), absent: .pass, cancelled: .reject,
                    events: ["push", "schedule"], job: "e2e")),
            .check(name: "security/scan", app: "github-actions"),
            .age(.seconds(1800)),
        ]
        let channel = Channel(
            name: try Channel.Name("latest"),
            images: [
                Channel.Image(target: app, source: app),
                Channel.Image(target: worker, source: worker),
            ],
            from: try TagPattern("staging-{short_sha}"), to: try Tag("latest"),
            build: WorkflowName("publish-image.yml"), gates: gates,
            forward: ForwardRules(
                label: "com.acme.revision", unlabelled: .accept, behind: .settle,
                movedByOthers: .restore),
            hooks: [
                .dispatch(
                    WorkflowName("redeploy.yml"),
                    inputs: [
                        Hook.Input(name: "target_tag", template: "{tag}"),
                        Hook.Input(name: "d", template: "{digest:ghcr.io/acme/app} {entry}"),
                    ]),
                .webhook(
                    Secret("https://chat.acme.example/hook"), secret: Secret("0123456789abcdef")),
            ])
        let expected = Policy(
            repository: try CodeRepository("acme/app"), host: .github,
            branch: try BranchName("main"), channels: [channel],
            registries: [
                try RegistryHost("registry.internal:5000"): RegistrySettings(
                    insecure: true, authHost: try RegistryHost("auth.internal"))
            ], ledger: .git(remote: nil))
        #expect(reading.complaints == [])
        #expect(reading.policy == expected)
        #expect(
            reading.warnings == [
                "pawl.yaml:27:7: unlabelled: accept lets an image that names no commit be "
                    + "overwritten. Set it back to reject after the first promotion."
            ])
    }

    @Test("what is left out has the contract's defaults")
    func defaults() throws {
        let reading = Reading(
            """
            version: 1
            branch: main
            channels:
              edge:
                images: [app]
                from: "{sha}"
                build: publish.yml
                gates: [{workflow: e2e.yml}]
            """, repositoryDefault: "acme/app")
        let policy = try #require(reading.policy)
        let channel = try #require(policy.channels.first)
        #expect(policy.repository == (try CodeRepository("acme/app")))
        #expect(policy.host == .github)
        #expect(channel.to.text == "edge")
        #expect("\(channel.images[0].target)" == "docker.io/library/app")
        #expect(channel.gates == [.workflow(WorkflowGate(workflow: WorkflowName("e2e.yml")))])
        #expect(channel.forward == ForwardRules())
        #expect(channel.hooks == [])
        #expect(policy.ledger == nil)
        #expect(reading.warnings == [])
    }

    @Test("channels keep the order of the file")
    func order() {
        let channel = "{images: [a], from: \"{sha}\", build: b.yml}"
        let names = ["zeta", "alpha", "mid"]
        let reading = Reading(
            "version: 1\nrepository: a/b\nbranch: main\nchannels:\n"
                + names.map { "  \($0): \(channel)" }.joined(separator: "\n"))
        #expect(reading.policy?.channels.map(\.name.text) == names)
    }

    @Test("a byte order mark and CRLF line ends are accepted, and positions stay exact")
    func byteOrderMark() {
        let lines = Sample().text.split(separator: "\n").joined(separator: "\r\n")
        #expect(Reading("\u{FEFF}" + lines).policy == Reading(Sample().text).policy)
        #expect(Reading(Sample().text).policy != nil)

        let wrong = "\u{FEFF}" + lines + "\r\n    gate: []\r\n"
        #expect(
            Reading(wrong).onlyComplaint
                == "pawl.yaml:9:5: unknown key \"gate\"; did you mean \"gates\"?")
    }

    @Test(
        "texts stay as they are written, whatever YAML's types would make of them",
        arguments: ["no", "on", "1.10", "0123456", "null", "~1", "0x10", "1e3", "2026-01-01"])
    func norway(word: String) {
        let reading = Sample.reading {
            $0.head = "version: 1\nrepository: acme/app\nbranch: \(word)"
        }
        // git has no branch with ~ in it; the text must still be the one written.
        guard word != "~1" else {
            #expect(reading.onlyComplaint.contains("git knows no branch \"~1\""))
            return
        }
        #expect(reading.policy?.branch.text == word)
        let tag = Sample.reading { $0.more = ["to: \(word)"] }
        #expect(tag.policy?.channels.first?.to.text == word)
    }

    @Test("with host: git neither repository nor build is needed")
    func localClone() {
        let reading = Sample.reading {
            $0.head = "version: 1\nhost: git\nbranch: main"
            $0.build = ""
        }
        #expect(reading.policy?.repository.description == "local/repository")
        #expect(reading.policy?.channels.first?.build == nil)
    }

    @Test("a display name works as a workflow, with a warning")
    func displayName() {
        let reading = Sample.reading { $0.more = ["gates: [{workflow: End to end}]"] }
        #expect(
            reading.warnings == [
                "pawl.yaml:9:24: workflow: \"End to end\" is a workflow's display name, which may "
                    + "change and need not be unique. Name its file, like `workflow: e2e.yml`."
            ])
    }

    @Test("a registry that no image is in is warned about")
    func unusedRegistry() {
        let reading = Sample.reading { $0.tail = ["registries:", "  ghcr.io:444: {}"] }
        #expect(reading.policy != nil)
        #expect(
            reading.warnings == [
                "pawl.yaml:10:3: no image is in the registry \"ghcr.io:444\". The host must be "
                    + "written as in the images, with its port."
            ])
    }

    @Test("a file of the greatest size is read, and one byte more is refused")
    func size() {
        let text = Sample().text
        let padding = Limits.policyBytesMax - text.utf8.count - 1
        let full = text + "#" + String(repeating: "x", count: padding)
        #expect(Reading(full).policy != nil)
        #expect(
            Reading(full + "x").onlyComplaint.hasPrefix(
                "pawl.yaml:1:1: the file has 262145 bytes; at most 262144 are read"))
    }

    @Test("three thousand channels are read")
    func manyChannels() {
        let channels = (0..<3000).map { "  c\($0): {images: [a], from: '{sha}', build: b.yml}" }
        let reading = Reading(
            "version: 1\nrepository: a/b\nbranch: main\nchannels:\n"
                + channels.joined(separator: "\n"))
        #expect(reading.policy?.channels.count == 3000)
    }
}
