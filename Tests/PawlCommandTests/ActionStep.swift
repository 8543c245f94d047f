import FoundationEssentials

/// What a step left behind, read by the runner's rules.
struct ActionStep: Sendable, CustomStringConvertible {
    let ran: Ran
    /// All that is in `GITHUB_OUTPUT`.
    let outputText: String
    /// All that is in `GITHUB_STEP_SUMMARY`.
    let summary: String

    var status: Int32 { ran.status }

    /// The outputs, read as the runner reads them.
    func outputs() throws -> [String: String] {
        try ActionCommandFile.entries(of: outputText)
            .reduce(into: [:]) { $0[$1.name] = $1.value }
    }

    /// The commands that the runner would find in what was printed.
    var commands: [ActionLog.Command] {
        ActionLog.commands(in: ran.stdout) + ActionLog.commands(in: ran.stderr)
    }

    /// The document in the output `result`.
    func result() throws -> ActionResult {
        let text = try outputs()["result"] ?? ""
        return try JSONDecoder().decode(ActionResult.self, from: Data(text.utf8))
    }

    /// For the message of an expectation that failed.
    var description: String { "\(ran)\n--- outputs\n\(outputText)\n--- summary\n\(summary)" }
}

/// The part of the result document that steps are judged by.
struct ActionResult: Decodable, Hashable {
    struct Reason: Decodable, Hashable {
        let code: String
        let text: String
        let advice: String
    }

    struct Override: Decodable, Hashable {
        let actor: String
        let reason: String
    }

    struct Image: Decodable, Hashable {
        let image: String
        let digest: String?
        let moved: Bool
    }

    let schema: Int
    let verdict: String
    let channel: String?
    let sha: String?
    let override: Override?
    let promoted: Bool
    let reasons: [Reason]
    let images: [Image]
}
