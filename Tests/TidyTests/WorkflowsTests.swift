import Testing

@Suite("Workflows, the action and the examples")
struct WorkflowsTests {
    /// The action itself, as an example names it before its first release.
    private static let own = ["pawl/pawl@", "OWNER/pawl@COMMIT"]

    @Test("every action is pinned by its commit, with the version in a comment")
    func pinned() {
        for file in Tree.workflows {
            for (index, line) in file.lines.enumerated() {
                var text = line.trimmed
                if text.hasPrefix("- ") { text = text.dropFirst(2).trimmed }
                guard text.hasPrefix("uses:") else { continue }
                let value = text.dropFirst(5).trimmed
                guard !value.hasPrefix("./"), !Self.own.contains(where: { value.hasPrefix($0) })
                else { continue }
                #expect(isPinned(value), "\(file.place(index + 1, String(value)))")
            }
        }
    }

    private func isPinned(_ value: Substring) -> Bool {
        let parts = value.split(separator: "#", maxSplits: 1)
        guard parts.count == 2, parts[1].trimmed.hasPrefix("v"),
            let at = parts[0].firstIndex(of: "@")
        else { return false }
        let commit = parts[0][parts[0].index(after: at)...].trimmed
        return commit.count == 40 && commit.allSatisfy { $0.isHexDigit && !$0.isUppercase }
    }

    @Test("no run: block has an expression in it: outside text never becomes a shell line")
    func expressions() {
        for file in Tree.workflows {
            var depth: Int?
            for (index, line) in file.lines.enumerated() where !line.trimmed.isEmpty {
                if let begun = depth, line.indentation <= begun { depth = nil }
                let text = line.trimmed.hasPrefix("- ") ? line.trimmed.dropFirst(2) : line.trimmed
                if text.hasPrefix("run:") { depth = line.indentation }
                guard depth != nil else { continue }
                #expect(
                    !line.contains("${{"),
                    "\(file.place(index + 1, "hand it over by the environment"))")
            }
        }
    }

    @Test("every workflow says its permissions and keeps no credentials")
    func permissions() {
        for file in Tree.workflows where file.text.contains("\njobs:") {
            #expect(file.text.contains("\npermissions:"), "\(file.path) names no permissions")
            let checkouts = file.text.split(separator: "actions/checkout@").count - 1
            let kept = file.text.split(separator: "persist-credentials: false").count - 1
            #expect(checkouts <= kept, "\(file.path) keeps credentials after checkout")
        }
    }
}
