/// Where a policy keeps its ledger, as `ledger:` and `--ledger` say it.
package enum LedgerAddress: Hashable, Sendable, CustomStringConvertible {
    /// In this process alone; for tests and trials.
    case memory
    /// One file on this machine.
    case sqlite(path: String)
    /// `refs/pawl/CHANNEL` in a git repository: the policy's own, or the remote named.
    case git(remote: String?)

    /// The text is none of these.
    package struct Malformed: Error, Hashable, Sendable {}

    /// Reads `memory:`, `sqlite:PATH`, `git` or `git:REMOTE`.
    package init(_ text: some StringProtocol) throws(Malformed) {
        let text = String(text)
        let rest = text.firstIndex(of: ":").map { String(text[text.index(after: $0)...]) }
        let isPlain = text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
        guard isPlain || text.hasPrefix("sqlite:") else { throw Malformed() }
        switch text.prefix(while: { $0 != ":" }) {
        case "memory" where rest == "": self = .memory
        case "sqlite":
            guard let rest, !rest.isEmpty, !rest.utf8.contains(0) else { throw Malformed() }
            self = .sqlite(path: rest)
        case "git":
            if let rest {
                // A remote that begins with "-" would be an option of the git command.
                guard !rest.isEmpty, !rest.hasPrefix("-") else { throw Malformed() }
                self = .git(remote: rest)
            } else {
                self = .git(remote: nil)
            }
        default: throw Malformed()
        }
    }

    /// As written. An address of a remote may hold a user and password; they are left out.
    package var description: String {
        switch self {
        case .memory: "memory:"
        case .sqlite(let path): "sqlite:\(path)"
        case .git(nil): "git"
        case .git(let remote?):
            if let scheme = remote.firstRange(of: "://"),
                let at = remote[scheme.upperBound...].prefix(while: { $0 != "/" }).lastIndex(
                    of: "@")
            {
                "git:\(remote[..<scheme.upperBound])\(remote[remote.index(after: at)...])"
            } else {
                "git:\(remote)"
            }
        }
    }
}
