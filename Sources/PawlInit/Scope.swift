import PawlCore
import PawlYAML

/// What is known at one step of a job, and what an expression there comes to.
struct Scope {
    let repository: CodeRepository?
    var environment: [String: String] = [:]
    /// Set by a step for those after it.
    var exported: [String: String] = [:]
    /// By `STEP.NAME`.
    var outputs: [String: String] = [:]
    /// Of jobs before, by `JOB.NAME`.
    var needs: [String: String] = [:]
    var inputs: [String: String] = [:]
    /// One combination of the matrix, by path: `service.name`.
    var matrix: [String: String] = [:]

    /// The text with its `${{ }}` replaced.
    func resolved(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "${{") {
            result += rest[..<open.lowerBound]
            let inner = rest[open.upperBound...]
            guard let close = inner.firstRange(of: "}}") else {
                return Self.bounded(result + Symbol.unknown(inner))
            }
            result += value(of: inner[..<close.lowerBound])
            rest = inner[close.upperBound...]
            guard result.utf8.count <= Limits.workflowBytesMax else { break }
        }
        return Self.bounded(result + rest)
    }

    static func bounded(_ text: String) -> String {
        // Scripts are long; what a name or tag is made of is not.
        text.utf8.count <= Limits.workflowBytesMax ? text : Symbol.unknown("too long")
    }

    /// Adds the variables of an `env:`.
    mutating func addEnvironment(_ node: Node?) {
        let before = self
        for entry in node?.entries ?? [] {
            let value = before.resolved(entry.value.text ?? "")
            environment[entry.key] =
                value.utf8.count <= Symbol.charactersMax ? value : Symbol.unknown(entry.key)
        }
    }

    private func value(of expression: Substring) -> String {
        let text = expression.trimmed
        let choices = text.splitting(on: "||")
        if choices.count > 1 {
            let known = choices.map { value(of: $0) }.first { Symbol.isKnown($0) && !$0.isEmpty }
            return known.map { Symbol.guess + $0 } ?? Symbol.unknown(text)
        }
        if text.count >= 2, text.first == "'", text.last == "'" {
            return String(text.dropFirst().dropLast())
        }
        return ofGitHub(text.lowercased()) ?? ofContext(text) ?? Symbol.unknown(text)
    }

    private func ofGitHub(_ name: String) -> String? {
        switch name {
        case "github.sha", "github.event.after", "github.event.head_commit.id",
            "github.event.workflow_run.head_sha":
            Symbol.sha
        case "github.repository": repository?.description.lowercased()
        case "github.repository_owner", "github.event.repository.owner.login":
            repository?.owner.lowercased()
        case "github.event.repository.name": repository?.name.lowercased()
        default: nil
        }
    }

    private func ofContext(_ text: Substring) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 2 else { return nil }
        let rest = parts.dropFirst().joined(separator: ".")
        switch parts[0].lowercased() {
        case "env": return environment[rest]
        case "matrix": return matrix[rest]
        case "inputs": return inputs[rest]
        case "steps" where parts.count == 4: return outputs["\(parts[1]).\(parts[3])"]
        case "needs" where parts.count == 4: return needs["\(parts[1]).\(parts[3])"]
        case "secrets", "vars":
            let name = rest.uppercased()
            guard let repository,
                ["USER", "OWNER", "ORG", "NAMESPACE"].contains(where: { name.contains($0) })
            else { return nil }
            return Symbol.guess + repository.owner.lowercased()
        default: return nil
        }
    }
}

extension StringProtocol {
    var trimmed: SubSequence {
        let blank: (Character) -> Bool = { $0.isWhitespace }
        guard let first = firstIndex(where: { !blank($0) }),
            let last = lastIndex(where: { !blank($0) })
        else { return self[startIndex..<startIndex] }
        return self[first...last]
    }

    func splitting(on separator: String) -> [SubSequence] where SubSequence == Substring {
        var parts: [Substring] = []
        var rest = self[startIndex...]
        while let range = rest.firstRange(of: separator) {
            parts.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        return parts + [rest]
    }
}
