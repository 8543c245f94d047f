import Crypto
import Synchronization

/// What the git database holds beside branches and their commits.
struct GitHubGitState: Sendable {
    /// Refs outside of branches, by their full names.
    var refs: [String: String] = [:]
    /// Ids of trees that were made here.
    var trees: Set<String> = []
    /// How many reads of a ref show it as it was before the newest write.
    var lag = 0
    /// What a ref was before its newest write, and how many reads still show that.
    var before: [String: (id: String?, reads: Int)] = [:]
}

extension GitHubDouble {
    /// Makes or moves a ref outside of branches, by its full name; `nil` deletes it.
    package func ref(_ name: String, at id: String?) {
        state.withLock { $0.setRef(name, id) }
    }

    /// What a ref points to in truth.
    package func ref(_ name: String) -> String? { state.withLock { $0.ref(name) } }

    /// After each write to a ref, so many reads of it show it as it was before.
    package func lagRefs(reads: Int) { state.withLock { $0.git.lag = reads } }

    /// The commits that a ref leads to, newest first.
    package func commits(from ref: String) -> [GitHubCommit] {
        state.withLock { state in state.ref(ref).map { state.history(from: $0) } ?? [] }
    }
}

extension GitHubDouble.State {
    func ref(_ name: String) -> String? {
        name.hasPrefix("refs/heads/") ? branches[String(name.dropFirst(11))] : git.refs[name]
    }

    mutating func setRef(_ name: String, _ id: String?) {
        if git.lag > 0 { git.before[name] = (ref(name), git.lag) }
        if name.hasPrefix("refs/heads/") {
            branches[String(name.dropFirst(11))] = id
        } else {
            git.refs[name] = id
        }
    }

    /// What a read of the ref shows, which may be what it was.
    mutating func readRef(_ name: String) -> String? {
        guard let before = git.before[name], before.reads > 0 else { return ref(name) }
        git.before[name] = (before.id, before.reads - 1)
        return before.id
    }

    /// Whether a commit is another one or among its ancestors.
    func isAncestor(_ id: String, of other: String) -> Bool {
        var seen: Set<String> = []
        var waiting = [other]
        while let next = waiting.popLast() {
            if next == id { return true }
            guard seen.insert(next).inserted else { continue }
            waiting += commits[next]?.parents ?? []
        }
        return false
    }
}

/// Ids of git's objects (SHA-1), as git itself makes them.
enum GitObject {
    static func id(_ kind: String, _ content: [UInt8]) -> String {
        hex(Insecure.SHA1.hash(data: Array("\(kind) \(content.count)\0".utf8) + content))
    }

    /// A folder's id; `entries` have mode, name and the id of what they name.
    static func tree(_ entries: [(mode: String, name: String, id: String)]) -> String {
        let rows = entries.sorted { $0.name < $1.name }.map { entry in
            Array("\(entry.mode) \(entry.name)\0".utf8) + bytes(entry.id)
        }
        return id("tree", Array(rows.joined()))
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.utf8)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
        }
    }
}
