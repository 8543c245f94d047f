import PawlCore
import PawlPorts

/// How a clone reaches a remote, taken out of its configuration so that another repository can
/// reach it the same way.
///
/// An `include` of the clone's file would not do: `includeIf "gitdir:…"`, with which
/// actions/checkout brings its token in, and the configuration of a linked worktree count only in
/// the clone itself. So git is asked there what it all comes to.
struct RemoteSettings: Sendable {
    /// One line of `git config --list --show-scope --show-origin`.
    struct Line: Hashable, Sendable {
        let scope: String
        let origin: String
        let key: String
        let value: String

        /// Reads what git prints with `-z`; `nil` if it is anything else.
        static func all(_ output: [UInt8]) -> [Line]? {
            var fields = output.split(separator: 0, omittingEmptySubsequences: false)
            guard fields.popLast()?.isEmpty == true, fields.count.isMultiple(of: 3) else {
                return nil
            }
            return stride(from: 0, to: fields.count, by: 3).map { index in
                let words = [fields[index], fields[index + 1]].map {
                    String(decoding: $0, as: UTF8.self)
                }
                let setting = fields[index + 2]
                let key = setting.prefix { $0 != UInt8(ascii: "\n") }
                // A key that stands alone is a switch that is on.
                let value =
                    key.count == setting.count
                    ? "true" : String(decoding: setting.dropFirst(key.count + 1), as: UTF8.self)
                return Line(
                    scope: words[0], origin: words[1],
                    key: String(decoding: key, as: UTF8.self), value: value)
            }
        }
    }

    /// The remote's name in the other repository. What others call theirs is not in its way.
    static let name = "pawl-ledger"

    /// Transport and credentials. Nothing else of a clone may count in another repository: filters,
    /// mirrors, hooks and includes would change what is done there.
    private static let carried = ["url.", "http.", "credential.", "protocol.", "ssh."]
    private static let carriedWhole = ["core.sshcommand", "core.gitproxy"]
    private static let carriedOfRemote = [
        "proxy", "proxyauthmethod", "uploadpack", "receivepack", "vcs",
    ]

    /// Whether the clone knows the remote by a name; then a relative path in its address counts
    /// from the top of the clone.
    let isNamed: Bool
    /// Settings by key, in the order in which they count. Some are secrets.
    let settings: [(key: String, value: String)]

    /// Settings for the remote of a clone; `nil` if it is a name that the clone does not know.
    ///
    /// - Parameters:
    ///   - remote: A name, or an address.
    ///   - clone: All that counts in the clone.
    ///   - elsewhere: All that counts in the other repository as well. It is not given twice: two
    ///     headers `Authorization` are refused.
    init?(of remote: String, clone: [Line], elsewhere: [Line]) {
        func values(_ field: String) -> [String] {
            let all = clone.filter { $0.key == "remote.\(remote).\(field)" }.map(\.value)
            // An empty one takes back those before it.
            return Array(all[((all.lastIndex(of: "") ?? -1) + 1)...])
        }
        let push = values("pushurl").first
        guard let address = push ?? values("url").first ?? Self.address(remote) else { return nil }
        isNamed = push != nil || !values("url").isEmpty

        var counted: [Line: Int] = [:]
        for line in elsewhere { counted[line, default: 0] += 1 }
        var settings: [(key: String, value: String)] = []
        for line in clone {
            if let count = counted[line], count > 0 {
                counted[line] = count - 1
            } else if Self.carriedWhole.contains(line.key)
                || Self.carried.contains(where: line.key.hasPrefix)
            {
                settings.append((line.key, line.value))
            }
        }
        // One address to read from and to push to: with two, one could be a copy that lags, and
        // with several `pushurl` an append would not be one.
        settings.append(("remote.\(Self.name).url", address))
        if let push { settings.append(("remote.\(Self.name).pushurl", push)) }
        for field in Self.carriedOfRemote {
            if let value = values(field).last {
                settings.append(("remote.\(Self.name).\(field)", value))
            }
        }
        self.settings = settings
    }

    /// The settings for git's environment: not as arguments, which every user of the machine sees.
    var variables: [String: String] {
        var variables = ["GIT_CONFIG_COUNT": String(settings.count)]
        for (index, setting) in settings.enumerated() {
            variables["GIT_CONFIG_KEY_\(index)"] = setting.key
            variables["GIT_CONFIG_VALUE_\(index)"] = setting.value
        }
        return variables
    }

    private static func address(_ text: String) -> String? {
        text.contains("/") || text.contains(":") ? text : nil
    }
}

/// A text without what stands before the `@` of addresses in it: users and passwords.
func withoutUserinfo(_ text: some StringProtocol) -> String {
    var safe = ""
    var rest = text[...]
    while let mark = rest.firstRange(of: "://") {
        safe += rest[..<mark.upperBound]
        rest = rest[mark.upperBound...]
        let authority = rest.prefix { !"/'\"".contains($0) && !$0.isWhitespace }
        if let at = authority.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
    }
    return safe + rest
}
