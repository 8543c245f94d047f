import PawlCore
import PawlPolicyFile
import Testing

/// A line put into a channel of the sample, and the complaint that it must give.
struct Slip: Sendable, CustomTestStringConvertible {
    let line: String
    let complaint: String

    init(_ line: String, _ complaint: String) {
        self.line = line
        self.complaint = complaint
    }

    var testDescription: String { line }
}

@Suite("A wrong pawl.yaml is refused with place, cause and remedy")
struct RefusalTests {
    @Test(
        "an empty file has no channels",
        arguments: ["", "\n\n", "# only\n# comments\n", "---\n", "\u{FEFF}"])
    func empty(text: String) {
        #expect(
            Reading(text).onlyComplaint
                == "pawl.yaml:1:1: no channels: the file is empty. Begin with `version: 1` and add "
                + "`branch: main` and `channels:`.")
    }

    @Test("a file without channels says so")
    func noChannels() {
        let head = "version: 1\nrepository: a/b\nbranch: main\n"
        #expect(Reading(head).onlyComplaint.hasPrefix("pawl.yaml:1:1: no channels. Add `"))
        #expect(
            Reading(head + "channels: {}").onlyComplaint
                == "pawl.yaml:4:1: no channels. Add one, with `images:` and `from:`.")
        #expect(
            Reading(head + "channels:").onlyComplaint.hasPrefix(
                "pawl.yaml:4:1: channels has no value. Write it like `"))
    }

    @Test("an unknown key of the file is refused with the nearest known one")
    func unknownKey() {
        let text = Sample().text.replacing("channels:", with: "chanels:")
        #expect(
            Reading(text).onlyComplaint
                == "pawl.yaml:4:1: unknown key \"chanels\"; did you mean \"channels\"?")
    }

    @Test(
        "an unknown key is found at every level",
        arguments: [
            Slip("form: x", "9:5: unknown key \"form\"; did you mean \"from\"?"),
            Slip(
                "gates: [{workfow: e.yml}]",
                "9:14: unknown key \"workfow\"; did you mean \"workflow\"?"),
            Slip(
                "gates: [{workflow: e.yml, cancelled_: hold}]",
                "9:31: unknown key \"cancelled_\"; did you mean \"cancelled\"?"),
            Slip("gates: [{check: c, ap: x}]", "9:24: unknown key \"ap\"; did you mean \"app\"?"),
            Slip(
                "gates: [{age: 5m, absent: hold}]",
                "9:23: unknown key \"absent\" in an age gate. Known here: age."),
            Slip(
                "forward: {behnid: settle}",
                "9:15: unknown key \"behnid\"; did you mean \"behind\"?"),
            Slip(
                "after: [{dispatch: a.yml, input: {}}]",
                "9:31: unknown key \"input\"; did you mean \"inputs\"?"),
            Slip(
                "after: [{webhok: https://a.example}]",
                "9:14: unknown key \"webhok\"; did you mean \"webhook\"?"),
            Slip(
                "colour: blue",
                "9:5: unknown key \"colour\" in a channel. Known here: images, from, to, build, "
                    + "gates, forward, after."),
        ])
    func unknownKeys(slip: Slip) {
        let reading = Sample.reading { $0.more = [slip.line] }
        #expect(reading.onlyComplaint == "pawl.yaml:" + slip.complaint)
    }

    @Test("an unknown key of an image and of a registry")
    func unknownKeysElsewhere() {
        let image = Sample.reading { $0.images = "[{image: a, sorce: b}]" }
        #expect(
            image.onlyComplaint
                == "pawl.yaml:6:25: unknown key \"sorce\"; did you mean \"source\"?")
        let registry = Sample.reading { $0.tail = ["registries: {ghcr.io: {insecur: true}}"] }
        #expect(
            registry.onlyComplaint
                == "pawl.yaml:9:24: unknown key \"insecur\"; did you mean \"insecure\"?")
    }

    @Test(
        "a wrong value is refused with what was expected",
        arguments: [
            Slip("to: [a]", "9:9: to: expected text, found a list."),
            Slip("to: {a: b}", "9:9: to: expected text, found a mapping."),
            Slip("to:", "9:5: to has no value. Write it like `to: latest`, or remove the key."),
            Slip("to: \"\"", "9:9: to: expected text, found nothing."),
            Slip("to: -x", "9:9: \"-x\" is not a tag. A tag has 1 to 128 letters"),
            Slip("to: a/b", "9:9: \"a/b\" is not a tag."),
            Slip("to: \"a\\nb\"", "9:9: to has an invisible character."),
            Slip("to: ${TAG}", "9:9: to: ${NAME} is replaced only in secrets and addresses."),
            Slip("gates: e2e.yml", "9:12: gates: expected a list, found text."),
            Slip("gates: []", "9:12: gates is an empty list. Fill it, or remove the key"),
            Slip("gates: [e2e.yml]", "9:13: expected a gate as a mapping of keys, found text."),
            Slip("gates: [{absent: pass}]", "9:13: a gate without workflow, check or age."),
            Slip("gates: [{workflow: a.yml, age: 5m}]", "9:13: a gate with workflow and age."),
            Slip(
                "gates: [{workflow: a.yml, absent: passs}]",
                "9:39: absent is proven, pass or hold, not \"passs\"; did you mean \"pass\"?"),
            Slip(
                "gates: [{workflow: a.yml}, {workflow: a.yml}]",
                "9:32: the gate \"a.yml\" stands twice, in lines 9 and 9."),
            Slip(
                "gates: [{workflow: a.yml, events: push}]",
                "9:39: events: expected a list, found text. Write it like `events: [push]`."),
            Slip("gates: [{workflow: a.yml, events: [pussh]}]", "9:40: runs of \"pussh\" never"),
            Slip("gates: [{workflow: a.yml, events: [pull_request]}]", "9:40: runs of \"pull_"),
            Slip("gates: [{workflow: ../../x.yml}]", "9:24: workflow: \"../../x.yml\" is no path"),
            Slip("gates: [{workflow: a.yml, events: [push, push]}]", "9:46: the event push stands"),
            Slip("forward: settle", "9:14: expected forward as a mapping of keys, found text."),
            Slip("forward:", "9:5: forward has no value."),
            Slip("forward: {behind: stop}", "9:23: behind is reject or settle, not \"stop\""),
            Slip("after: [{}]", "9:13: a hook without dispatch or webhook."),
            Slip("after: [x]", "9:13: expected a hook as a mapping of keys, found text."),
            Slip(
                "after: [{dispatch: Redeploy}]",
                "9:24: dispatch: \"Redeploy\" is not a workflow's"),
            Slip(
                "after: [{dispatch: a.yml, inputs: {t: \"{tga}\"}}]",
                "9:43: inputs: \"{tga}\" is no placeholder. Use {sha},"),
            Slip(
                "after: [{webhook: http://chat.example/x}]",
                "9:23: webhook: plain http is for this machine only. Use https."),
            Slip("after: [{webhook: chat.example}]", "9:23: webhook: the address does not begin"),
            Slip("after: [{webhook: \"https://\"}]", "9:23: webhook: the address has no usable"),
        ])
    func wrongValue(slip: Slip) {
        let reading = Sample.reading { $0.more = [slip.line] }
        #expect(reading.onlyComplaint.hasPrefix("pawl.yaml:" + slip.complaint))
    }

    @Test(
        "a duration has one of four forms and is at most 30 days",
        arguments: [
            "0", "-5s", "1e99s", "5", "5 minutes", "0s", "31d", "99999999999999999999d", "1.5h",
            "PT30M", "٣s", "m", "30M", "721h",
        ])
    func badDuration(text: String) {
        let reading = Sample.reading { $0.more = ["gates: [{age: \(text)}]"] }
        #expect(reading.onlyComplaint.hasPrefix("pawl.yaml:9:19: \"\(text)\" is not "))
        #expect(reading.onlyComplaint.hasSuffix("like 90s, 30m, 2h or 7d; at most 30d."))
    }

    @Test(
        "durations in every form",
        arguments: zip(
            ["90s", "30m", "2h", "7d", "30d", "720h"],
            [90, 1800, 7200, 604800, 2_592_000, 2_592_000]))
    func goodDuration(text: String, seconds: Int) {
        let reading = Sample.reading { $0.more = ["gates: [{age: \(text)}]"] }
        #expect(reading.policy?.channels.first?.gates == [.age(.seconds(seconds))])
    }

    @Test(
        "runs that bear the tip's id are no gate",
        arguments: ["workflow_run", "repository_dispatch"])
    func eventsOfTheTip(event: String) {
        let reading = Sample.reading {
            $0.more = ["gates: [{workflow: a.yml, events: [\(event)]}]"]
        }
        #expect(
            reading.onlyComplaint
                == "pawl.yaml:9:40: runs of \(event) bear the branch tip's id, whatever they "
                + "tested. Report a commit status on the tested commit from that workflow, and "
                + "name it as a `check:` gate.")
    }

    @Test(
        "a tag pattern's errors are told in words",
        arguments: [
            Slip("staging", "\"staging\" has neither {sha} nor {short_sha}: every commit would"),
            Slip(
                "\"{sha8}\"",
                "\"{sha8}\": \"{sha8}\" is no placeholder. Use {sha} or {short_sha}."),
            Slip("\"{sha\"", "\"{sha\": \"{sha\" is no placeholder."),
            Slip("\"(a+)+${sha}\"", "from: ${NAME} is replaced only in secrets"),
            Slip("\"(a+)+{sha}\"", "\"(a+)+{sha}\" gives no tag. A tag has 1 to 128"),
            Slip("\"-{sha}\"", "\"-{sha}\" gives no tag."),
            Slip("{short_sha}", "from: expected text, found a mapping. Write it like `from: \""),
        ])
    func tagPattern(slip: Slip) {
        let reading = Sample.reading { $0.from = slip.line }
        #expect(reading.onlyComplaint.hasPrefix("pawl.yaml:7:11: " + slip.complaint))
    }

    @Test(
        "an image reference's errors are told in words",
        arguments: [
            Slip("ghcr.io/acme/app:latest", "\"ghcr.io/acme/app:latest\" has a tag. Leave it out"),
            Slip(
                "app@sha256:" + String(repeating: "a", count: 64),
                "\"app@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…\" has a digest."),
            Slip("app@sha256:12", "\"app@sha256:12\" has a digest that is not sha256 or sha512"),
            Slip("http://ghcr.io/a", "\"http://ghcr.io/a\" begins with http:// or https://"),
            Slip("ghcr.io/Acme/App", "\"ghcr.io/Acme/App\" has no usable path."),
            Slip("a//b", "\"a//b\" has no usable path."),
            Slip("ghcr.io:99999/a", "\"ghcr.io:99999/a\" has a port that is not 1 to 65535"),
            Slip("ghcr.io:0/a", "\"ghcr.io:0/a\" has a port that is not 1 to 65535"),
            Slip("gh_cr.io/a", "\"gh_cr.io/a\" has no usable host."),
            Slip("\"a b\"", "\"a b\" has a space or a character that no image name has"),
            Slip("\"äpp\"", "\"äpp\" has a space or a character that no image name has"),
            Slip(
                String(repeating: "a", count: 64),
                "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…\" is 64 hex"),
        ])
    func imageReference(slip: Slip) {
        let reading = Sample.reading { $0.images = "[\(slip.line)]" }
        #expect(reading.onlyComplaint.hasPrefix("pawl.yaml:6:14: " + slip.complaint))
    }

    @Test("an image stands once in a channel, however it is spelled")
    func imageTwice() {
        let reading = Sample.reading {
            $0.images = "\n    - app\n    - ghcr.io/acme/app\n    - index.docker.io/library/app"
        }
        #expect(
            reading.onlyComplaint
                == "pawl.yaml:9:7: the image \"docker.io/library/app\" stands twice, in lines 7 "
                + "and 9. Keep one of them.")
    }

    @Test("one image:tag belongs to one channel")
    func twoOwners() {
        let reading = Sample.reading {
            $0.tail = [
                "  second:", "    images: [ghcr.io/acme/other, ghcr.io/acme/app]",
                "    from: \"{sha}\"", "    to: latest", "    build: publish.yml",
            ]
        }
        #expect(
            reading.onlyComplaint
                == "pawl.yaml:10:34: \"ghcr.io/acme/app:latest\" belongs to the channel \"latest\" "
                + "too (line 6): two owners of one tag. Give the channels different tags (`to:`) "
                + "or images.")
    }

    @Test("a source in another registry or a folder is read; no folder's name may have a colon")
    func otherSource() {
        let policy = Sample.reading {
            $0.images = "[{image: a.example/w, source: ghcr.io/acme/w}, {image: oci:dist/./w}]"
        }.policy
        let images = policy?.channels.first?.images ?? []
        #expect(images.map { "\($0.target)" } == ["a.example/w", "oci:./dist/w"])
        #expect(images.map { "\($0.source)" } == ["ghcr.io/acme/w", "oci:./dist/w"])
        let reading = Sample.reading { $0.images = "[{image: \"oci:./a:b/c\"}]" }
        #expect(
            reading.onlyComplaint
                == "pawl.yaml:6:22: \"oci:./a:b/c\" names no folder. Write oci:PATH, without a "
                + "colon in the path.")
    }

    @Test(
        "a channel's name is checked",
        arguments: ["Latest", "-x", "a_b", "a.b", String(repeating: "a", count: 64)])
    func channelName(name: String) {
        let text = Sample().text.replacing("latest:", with: "\(name):")
        #expect(Reading(text).onlyComplaint.hasPrefix("pawl.yaml:5:3: \""))
        #expect(Reading(text).onlyComplaint.contains("is not a channel's name. Use 1 to 63"))
    }

    @Test("everything wrong is told at once, in the file's order")
    func allAtOnce() {
        let reading = Reading(
            """
            version: 2
            host: gitlab
            branch: a..b
            channels:
              latest:
                images: [":", ghcr.io/a]
                to: a b
            """)
        let places = reading.complaints.map { $0.split(separator: " ")[0] }
        #expect(
            places == [
                "pawl.yaml:1:1:", "pawl.yaml:1:10:", "pawl.yaml:2:7:", "pawl.yaml:3:9:",
                "pawl.yaml:5:3:", "pawl.yaml:5:3:", "pawl.yaml:6:14:", "pawl.yaml:7:9:",
            ])
    }

    @Test("a version of another kind, or none")
    func version() {
        let other = Sample.reading { $0.head = "version: \"1.0\"\nrepository: a/b\nbranch: main" }
        #expect(
            other.onlyComplaint
                == "pawl.yaml:1:10: version \"1.0\" is not known. This Pawl reads version 1.")
        let none = Sample.reading { $0.head = "repository: a/b\nbranch: main" }
        #expect(none.onlyComplaint == "pawl.yaml:1:1: version is missing. Add `version: 1`.")
    }

    @Test("without a repository, the environment's is needed and checked")
    func repository() {
        let text = Sample().text.replacing("repository: acme/app\n", with: "")
        #expect(
            Reading(text).onlyComplaint
                == "pawl.yaml:1:1: repository is missing, and $GITHUB_REPOSITORY is not set. Add "
                + "`repository: acme/app`.")
        #expect(
            Reading(text, repositoryDefault: "acme").onlyComplaint.contains(
                "$GITHUB_REPOSITORY is \"acme\", not owner/name"))
    }

    @Test("insecure is true or false and nothing else", arguments: ["yes", "on", "1", "True"])
    func flag(word: String) {
        let reading = Sample.reading { $0.tail = ["registries: {ghcr.io: {insecure: \(word)}}"] }
        #expect(
            reading.onlyComplaint
                == "pawl.yaml:9:34: insecure is true or false, not \"\(word)\"")
    }

    @Test("a registry stands once, however it is spelled")
    func registryTwice() {
        let reading = Sample.reading { $0.tail = ["registries: {ghcr.io: {}, GHCR.io: {}}"] }
        #expect(reading.onlyComplaint.hasPrefix("pawl.yaml:9:27: the registry \"ghcr.io\" stands"))
    }

    @Test("text of the file cannot forge a line of the terminal")
    func forgery() {
        let reading = Sample.reading { $0.more = ["\"a\\nb\\e[31m\\u202E\": x"] }
        #expect(
            reading.onlyComplaint.hasPrefix(
                "pawl.yaml:9:5: unknown key \"a\\u{a}b\\u{1b}[31m\\u{202e}\" in a channel."))
    }

    @Test("a file with thousands of slips gives fifty complaints and a count")
    func manySlips() throws {
        let text = (0..<9000).map { "wrong\($0): x\n" }.joined()
        do {
            _ = try PolicyFile.read(
                Array(text.utf8), name: "p", repositoryDefault: nil, environment: { _ in nil })
            Issue.record("a file of unknown keys was read")
        } catch {
            #expect(error.all.count == 50)
            #expect(error.more > 8900)
            #expect(error.description.hasSuffix("and \(error.more) more"))
        }
    }
}
