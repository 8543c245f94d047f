import PawlCore
import PawlHTTP
import PawlLoopback
import PawlTesting
import Testing

@Suite("The contract of a history")
struct HistoryContractTests {
    /// Ids that share no beginning.
    private static func id(_ place: Int) -> String { sha("\(place)\(place)\(place)") }

    private func built() throws -> (Stage, [String: CommitID]) {
        let stage = try Stage()
        var ids: [String: String] = [:]
        for (place, commit) in HistoryContract.commits.enumerated() {
            let id = Self.id(place + 1)
            ids[commit.name] = id
            stage.github.commit(
                id, parents: commit.parents.compactMap { ids[$0] }, message: commit.name,
                files: commit.files)
        }
        for branch in HistoryContract.branches {
            stage.github.branch(branch.name, at: ids[branch.commit])
        }
        return (stage, try ids.mapValues { try CommitID($0) })
    }

    @Test("GitHub keeps it")
    func kept() async throws {
        let (stage, ids) = try built()
        #expect(await HistoryContract(stage.host, ids: ids).breaches() == [])
    }

    @Test("It keeps it where answers are remembered, too, whatever was asked before")
    func remembered() async throws {
        let (stage, ids) = try built()
        stage.github.answerConditionally()
        let host = try stage.host(by: { ConditionalExchange($0) })
        for _ in 0..<3 { #expect(await HistoryContract(host, ids: ids).breaches() == []) }
        // Failed questions alone are paid for again.
        let left = stage.github.requestsLeft
        _ = await HistoryContract(host, ids: ids).breaches()
        #expect(left - stage.github.requestsLeft < 40)
    }

    @Test("A list of files that GitHub cut breaks it")
    func broken() async throws {
        let (stage, ids) = try built()
        stage.github.fault(
            .changed { $0.replacing("\"filename\":\"README.md\"", "\"filename\":\"x\"") },
            on: "compare")
        #expect(await !HistoryContract(stage.host, ids: ids).breaches().isEmpty)
    }
}
