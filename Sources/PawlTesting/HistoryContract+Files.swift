import PawlCore
import PawlPorts

// The contract's files, and what every `History` must answer about them.

extension HistoryContract {
    /// The workflow of the contract's repository; `tip` changes it.
    package static let workflowPath = ".github/workflows/e2e.yml"
    /// A name that has to be escaped in an address, and quoted by what quotes names.
    package static let oddPath = "docs/größe & maß/50% #1? \"a+b\".md"

    private static let manual = "How to use it:\n1. Build it.\n2. Run it.\n3. Read the log.\n"

    static let rootFiles = [
        workflowPath: "on: push\n", "README.md": "Read me first.\n", "src/app.swift": "let a = 1\n",
    ]
    static let aFiles = with(["docs/guide.md": manual, oddPath: "Sizes\n"], in: rootFiles)
    static let bFiles = with(["src/app.swift": "let a = 2\n"], in: aFiles)
    static let sideFiles = with(
        ["docs/guide.md": nil, "docs/manual.md": manual, "README.md": nil], in: aFiles)
    static let mergeFiles = with(["src/app.swift": "let a = 2\n"], in: sideFiles)
    static let tipFiles = with(
        [workflowPath: "on: {push: {paths: [src/**]}}\n"], in: mergeFiles)
    static let xFiles = with(["src/app.swift": "let a = 3\n", "x.txt": "x\n"], in: rootFiles)

    /// The files with some of them changed, added or (`nil`) removed.
    private static func with(
        _ changes: [String: String?], in files: [String: String]
    ) -> [String: String] {
        files.merging(changes.compactMapValues(\.self)) { _, new in new }
            .filter { path, _ in changes[path] != .some(.none) }
    }

    /// Each file as `path`, or `path < previous path`; in any order.
    private static let changes: [(from: String, to: String, expected: [String])] = [
        // Added, modified, removed and renamed.
        ("root", "a", ["docs/guide.md", oddPath]),
        ("a", "b", ["src/app.swift"]),
        ("a", "side", ["README.md", "docs/manual.md < docs/guide.md"]),
        // A merge, from either parent and from before the fork.
        ("b", "merge", ["README.md", "docs/manual.md < docs/guide.md"]),
        ("side", "merge", ["src/app.swift"]),
        ("a", "merge", ["README.md", "docs/manual.md < docs/guide.md", "src/app.swift"]),
        // Renamed after it was added is just added.
        ("root", "merge", ["README.md", "docs/manual.md", oddPath, "src/app.swift"]),
        ("merge", "tip", [workflowPath]),
        ("b", "tip", [workflowPath, "README.md", "docs/manual.md < docs/guide.md"]),
        // Changed, and changed back: what counts is the difference of the two ends.
        ("root", "x", ["src/app.swift", "x.txt"]), ("x", "y", ["src/app.swift", "x.txt"]),
        ("root", "y", []), ("tip", "tip", []),
    ]

    /// `nil`: the commit has no such file.
    private static let texts: [(path: String, of: String, expected: String?)] = [
        (workflowPath, "root", "on: push\n"), (workflowPath, "merge", "on: push\n"),
        (workflowPath, "tip", "on: {push: {paths: [src/**]}}\n"), ("x.txt", "x", "x\n"),
        (oddPath, "b", "Sizes\n"), (oddPath, "root", nil), ("README.md", "a", "Read me first.\n"),
        ("README.md", "side", nil), ("docs/guide.md", "merge", nil),
        ("docs/manual.md", "merge", manual), ("nowhere/at/all.yml", "tip", nil),
        ("README.md/part", "a", nil), ("readme.md", "a", nil), ("*.md", "a", nil),
    ]

    func changesBreaches() async -> [String] {
        var breaches: [String] = []
        for (baseName, name, expected) in Self.changes {
            guard let base = ids[baseName], let commit = ids[name] else { continue }
            let expected = "\(expected.sorted()), whole"
            let answer = await told { () throws(PortFailure) in
                let changes = try await history.changes(from: base, to: commit)
                return "\(Self.listed(changes)), \(changes.isWhole ? "whole" : "cut")"
            }
            guard answer != expected else { continue }
            breaches.append("changes from \(baseName) to \(name): \(answer), not \(expected)")
        }
        return breaches
    }

    func fileBreaches() async -> [String] {
        var breaches: [String] = []
        for (path, name, expected) in Self.texts {
            guard let commit = ids[name] else { continue }
            let expected = expected.map { "\"\($0)\"" } ?? "no such file"
            let answer = await text(at: path, of: commit)
            guard answer != expected else { continue }
            breaches.append("\(path) at \(name): \(answer), not \(expected)")
        }
        // Something stands there, so that "no such file" would be wrong as well.
        guard let commit = ids["a"] else { return breaches }
        let folder = await text(at: "docs", of: commit)
        if folder == "no such file" || folder.hasPrefix("\"") {
            breaches.append("a folder read as a file: \(folder)")
        }
        return breaches
    }

    /// Where a commit is not known, its files are neither changed nor absent.
    func unknownFileBreaches() async -> [String] {
        guard let unknown = try? CommitID(Self.unknownID), let tip = ids["tip"] else { return [] }
        var breaches: [String] = []
        for (base, commit) in [(unknown, tip), (tip, unknown)] {
            let answer = await told { () throws(PortFailure) in
                "answered \(Self.listed(try await history.changes(from: base, to: commit)))"
            }
            if answer.hasPrefix("answered") { breaches.append("changes of an unknown: \(answer)") }
        }
        let file = await text(at: Self.workflowPath, of: unknown)
        if file == "no such file" || file.hasPrefix("\"") {
            breaches.append("a file of an unknown commit: \(file)")
        }
        return breaches
    }

    private func text(at path: String, of commit: CommitID) async -> String {
        await told { () throws(PortFailure) in
            guard let bytes = try await history.file(at: path, of: commit) else {
                return "no such file"
            }
            return "\"\(String(decoding: bytes, as: UTF8.self))\""
        }
    }

    private static func listed(_ changes: ChangedFiles) -> [String] {
        changes.files.map { file in
            file.path + (file.previousPath.map { " < \($0)" } ?? "")
        }.sorted()
    }
}
