import PawlCore
import PawlGitHub
import PawlLoopback
import PawlPorts
import Testing

@Suite("The payloads of events")
struct DoorTests {
    private let door: any Door = GitHubDoor()

    private func refusal(_ event: String, _ body: [UInt8]) -> PortFailure? {
        do {
            let observation = try door.observation(event: event, body: body)
            Issue.record("\(observation)")
            return nil
        } catch {
            return error
        }
    }

    @Test("A run that ended is told with its own record")
    func ended() throws {
        let github = GitHubDouble()
        github.workflow("e2e.yml", name: "End to end")
        let run = github.run("e2e.yml", at: sha("a"), conclusion: "failure", attempt: 2)
        guard
            case .runEnded(let told, let repository) = try door.observation(
                event: "workflow_run", body: github.event(for: run))
        else {
            Issue.record("not told as ended")
            return
        }
        #expect(told.id == run.id)
        #expect(told.attempt == 2)
        #expect(told.commit.hex == sha("a"))
        #expect(told.state == .failure)
        #expect(told.workflowName == "End to end")
        #expect(told.isOwn)
        #expect(try repository == CodeRepository("acme/app"))
    }

    @Test("Other actions are changes, even of a run that is already completed")
    func changed() throws {
        let github = GitHubDouble()
        let waiting = github.run("e2e.yml", at: sha("a"), status: "queued")
        let refused = github.run("e2e.yml", at: sha("a"), conclusion: "action_required")
        for (run, action) in [
            (waiting, "requested"), (waiting, "in_progress"), (refused, "requested"),
        ] {
            let observation = try door.observation(
                event: "workflow_run", body: github.event(for: run, action: action))
            guard case .runChanged = observation else {
                Issue.record("\(observation)")
                continue
            }
        }
    }

    @Test("A fork's run is told as one")
    func fork() throws {
        let github = GitHubDouble()
        for head in [GitHubRun.Head.fork("mallory/app", id: 7), .gone] {
            let run = github.run("e2e.yml", at: sha("a"), head: head)
            guard
                case .runEnded(let told, _) = try door.observation(
                    event: "workflow_run", body: github.event(for: run))
            else {
                Issue.record("not told as ended")
                continue
            }
            #expect(!told.isOwn)
        }
    }

    @Test("Inputs of a dispatch are told as they were typed; an empty one is none")
    func dispatch() throws {
        let github = GitHubDouble()
        let repository = try CodeRepository("acme/app")
        func told(_ inputs: [(String, String)]?) throws -> Observation {
            try door.observation(
                event: "workflow_dispatch", body: github.dispatchEvent(inputs: inputs))
        }
        #expect(
            try told([("sha", " 1A2b3c4\n$(id)"), ("reason", "it \"is\" late")])
                == .dispatched(
                    sha: " 1A2b3c4\n$(id)", reason: "it \"is\" late", repository: repository))
        let nothing = Observation.dispatched(sha: nil, reason: nil, repository: repository)
        #expect(try told([("sha", ""), ("reason", "")]) == nothing)
        #expect(try told([("channel", "latest")]) == nothing)
        #expect(try told([]) == nothing)
        #expect(try told(nil) == nothing)
    }

    @Test(
        "Any other event is a reason to look",
        arguments: [
            "push", "schedule", "ping", "check_suite", "repository_dispatch", "workflow_job",
        ])
    func other(event: String) throws {
        #expect(
            try door.observation(event: event, body: Array("{\"zen\":\"Keep it\"}".utf8))
                == .other(event))
        #expect(try door.observation(event: event, body: Array("{}".utf8)) == .other(event))
    }

    @Test(
        "A body that is no payload is garbled, in words, whatever the event",
        arguments: ["workflow_run", "workflow_dispatch", "push"],
        [
            ("", "is empty"), ("  ", "is empty"), ("[]", "another kind"), ("3", "another kind"),
            ("null", "payload"), ("\"x\"", "another kind"), ("{\"action\":", "not usable JSON"),
            ("<html></html>", "is HTML"), ("action=completed", "not usable JSON"),
            ("payload=%7B%7D", "not usable JSON"), ("\u{0}", "not usable JSON"),
            ("{\"a\":1}}", "not usable JSON"),
        ])
    func noPayload(event: String, body: (String, String)) {
        let failure = refusal(event, Array(body.0.utf8))
        #expect(failure?.code == .garbled)
        #expect(failure?.detail.contains(body.1) == true, "\(failure?.detail ?? "")")
        #expect(failure?.detail.contains("event \(event)") == true)
    }

    @Test("Bytes that are no UTF-8 are garbled")
    func notUTF8() {
        let body = Array("{\"a\":\"".utf8) + [0xFF, 0xFE] + Array("\"}".utf8)
        #expect(refusal("push", body)?.code == .garbled)
    }

    @Test("A raw control byte in a string is garbled; outside of strings it may be a blank")
    func controlBytes() throws {
        for byte: UInt8 in [0x00, 0x09, 0x0A, 0x1F] {
            let body = Array("{\"a\":\"b".utf8) + [byte] + Array("c\"}".utf8)
            let failure = refusal("push", body)
            #expect(failure?.code == .garbled)
            #expect(failure?.detail.contains("byte 7 cannot be there") == true)
            let key = Array("{\"a".utf8) + [byte] + Array("\":1}".utf8)
            #expect(refusal("push", key)?.code == .garbled)
        }
        let body = Array("\t{\r\n\t\"a\": \"\\u0000\\n\"\n}\n".utf8)
        #expect(try door.observation(event: "push", body: body) == .other("push"))
    }

    @Test(
        "A number that JSON does not have is garbled, even where nobody looks",
        arguments: ["01", "-01", "-.5", "1.", "1.e5", "1e", "-", "1-2"])
    func numbers(text: String) throws {
        let failure = refusal("push", Array("{\"a\":\(text)}".utf8))
        #expect(failure?.code == .garbled)
        let good = Array("{\"a\":[0,-1.5e+3,1E999,0.5]}".utf8)
        #expect(try door.observation(event: "push", body: good) == .other("push"))
    }

    @Test(
        "A comma too many and other things that only some readers take are garbled",
        arguments: [
            "{\"a\":1,}", "{,}", "{\"a\":[1,]}", "{\"a\":1}}", "{\"a\":1} x", "{a:1}", "{'a':1}",
            "{\"a\":1/**/}", "{\"a\":NaN}", "{\"a\":True}", "{\"a\" 1}", "\u{FEFF}{}",
        ])
    func almostJSON(text: String) {
        #expect(refusal("push", Array(text.utf8))?.code == .garbled)
    }

    @Test("A payload that is cut anywhere is garbled, and told as cut off")
    func cut() {
        let body = Array("{\"a\":[{\"b\":\"c\\u00e9\"},-1.5e3,true,null]}".utf8)
        for length in 1..<body.count {
            let failure = refusal("push", Array(body.prefix(length)))
            #expect(failure?.code == .garbled)
            #expect(failure?.detail.contains("cut off") == true, "\(length)")
        }
    }

    @Test(
        "An escape that JSON does not have is garbled, even where nobody looks",
        arguments: ["\\d", "\\'", "\\u12g4", "\\u12", "\\U0041", "\\x41"])
    func escapes(escape: String) {
        for body in ["{\"a\":\"\(escape)\"}", "{\"\(escape)\":1}"] {
            #expect(refusal("push", Array(body.utf8))?.code == .garbled)
        }
    }

    @Test("A payload of another event is refused, and the missing part is named")
    func otherPayload() {
        let github = GitHubDouble()
        let run = github.run("e2e.yml", at: sha("a"))
        let dispatch = github.dispatchEvent(inputs: [("sha", sha("a"))])
        #expect(refusal("workflow_run", dispatch)?.detail.contains("has no action") == true)
        #expect(
            refusal("workflow_dispatch", github.event(for: run))?.detail.contains("workflow")
                == true)
        #expect(refusal("workflow_run", Array("{}".utf8))?.code == .garbled)
        #expect(refusal("workflow_dispatch", Array("{}".utf8))?.code == .garbled)
    }

    @Test(
        "A payload with a part of the wrong kind is refused, and the part is named",
        arguments: [
            ("\"conclusion\":\"success\"", "\"conclusion\":1", "workflow_run.conclusion"),
            ("\"head_sha\":\"\(sha("a"))\"", "\"head_sha\":\"\(sha("A"))\"", "head_sha"),
            ("\"head_sha\":\"\(sha("a"))\"", "\"head_sha\":\"aaaaaaa\"", "head_sha"),
            ("\"full_name\":\"acme/app\"", "\"full_name\":\"../..\"", "repository.full_name"),
            ("\"full_name\":\"acme/app\"", "\"full_name\":null", "full_name"),
            ("\"action\":\"completed\"", "\"action\":null", "action"),
            ("\"workflow_run\":", "\"run\":", "workflow_run"),
        ])
    func wrongKind(old: String, new: String, named: String) {
        let github = GitHubDouble()
        let run = github.run("e2e.yml", at: sha("a"))
        let body = String(decoding: github.event(for: run), as: UTF8.self)
        #expect(body.contains(old))
        let failure = refusal("workflow_run", Array(body.replacing(old, with: new).utf8))
        #expect(failure?.code == .garbled)
        #expect(failure?.detail.contains(named) == true, "\(failure?.detail ?? "")")
    }

    @Test("Inputs of the wrong kind are refused", arguments: ["7", "[]", "{\"sha\":7}", "\"x\""])
    func wrongInputs(inputs: String) {
        let body = String(decoding: GitHubDouble().dispatchEvent(inputs: []), as: UTF8.self)
            .replacing("\"inputs\":{}", with: "\"inputs\":\(inputs)")
        #expect(body.contains(inputs))
        #expect(refusal("workflow_dispatch", Array(body.utf8))?.code == .garbled)
    }

    @Test("Depth and size are bounded")
    func bounded() {
        let deep = Array(String(repeating: "{\"a\":", count: 100_000).utf8)
        #expect(refusal("push", deep)?.detail.contains("nested deeper") == true)
        let large = [UInt8](repeating: 0x20, count: Limits.eventBytesMax + 1)
        #expect(refusal("push", large)?.code == .tooLarge)
    }

    @Test("An event's name cannot forge lines")
    func eventName() {
        let failure = refusal("a\n::error::b", [])
        #expect(failure?.detail.contains("\n") == false)
        #expect(failure?.subject.contains("\n") == false)
    }
}
