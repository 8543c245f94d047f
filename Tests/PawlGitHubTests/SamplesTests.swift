import FoundationEssentials
import PawlCore
import PawlGitHub
import PawlPorts
import Testing

/// GitHub's payload samples, where they are at hand.
enum Samples {
    static let folder =
        ProcessInfo.processInfo.environment["PAWL_SAMPLES"]
        ?? URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path(percentEncoded: false)
        + "shared/github"

    static func bytes(_ name: String) -> [UInt8]? {
        FileManager.default.contents(atPath: "\(folder)/\(name)").map { Array($0) }
    }

    static let payloads: [String] = {
        let names = try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/payloads")
        return (names ?? []).filter { $0.hasSuffix(".json") }.sorted()
    }()
}

@Suite("GitHub's payload samples", .enabled(if: !Samples.payloads.isEmpty))
struct SamplesTests {
    @Test("Every sample is read as what it is", arguments: Samples.payloads)
    func sample(name: String) throws {
        let body = try #require(Samples.bytes("payloads/\(name)"))
        let event = name.split(separator: ".").first.map(String.init) ?? ""
        let observation = try GitHubDoor().observation(event: event, body: body)
        switch observation {
        case .runEnded(let run, let repository):
            #expect(name.hasPrefix("workflow_run.completed"))
            #expect(run.state == .success)
            #expect(run.commit.hex == "3484a3fb816e0859fd6e1cea078d76385ff50625")
            #expect(run.event == "repository_dispatch")
            // The run's own name is empty in the sample.
            #expect(run.workflowName == "test")
            #expect(run.isOwn)
            #expect(repository.description.lowercased().hasPrefix("octo-org/"))
        case .runChanged(let run, _):
            #expect(name.hasPrefix("workflow_run.requested"))
            #expect(
                run.state == (name.contains("conclusion") ? .actionRequired : .queued))
        case .dispatched(let sha, let reason, _):
            #expect(event == "workflow_dispatch")
            #expect(sha == nil && reason == nil)
        case .other(let told):
            #expect(told == event)
            #expect(!["workflow_run", "workflow_dispatch"].contains(event))
        }
    }

    @Test("No sample is taken for the event that it is not", arguments: Samples.payloads)
    func mistaken(name: String) throws {
        let body = try #require(Samples.bytes("payloads/\(name)"))
        for event in ["workflow_run", "workflow_dispatch"] where !name.hasPrefix("\(event).") {
            #expect(throws: PortFailure.self, "\(name) as \(event)") {
                try GitHubDoor().observation(event: event, body: body)
            }
        }
    }

    @Test("No sample that is cut anywhere is read", arguments: Samples.payloads)
    func cut(name: String) throws {
        let body = try #require(Samples.bytes("payloads/\(name)"))
        let event = name.split(separator: ".").first.map(String.init) ?? ""
        let end = body.lastIndex(of: UInt8(ascii: "}")) ?? 0
        for length in stride(from: 0, through: end, by: max(end / 40, 1)) {
            #expect(throws: PortFailure.self, "\(length) bytes") {
                try GitHubDoor().observation(event: event, body: Array(body.prefix(length)))
            }
        }
    }
}
