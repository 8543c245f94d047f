package import PawlCore
package import PawlPorts

/// What every `History` must answer about one small history, which each subject builds with its own
/// commit ids.
///
///     root ── a ── b ── merge ── tip      main
///       │     └── side ──┘
///       └──── x ── y                      rewritten
package struct HistoryContract: Sendable {
    /// A commit to build, by name.
    package struct Commit: Hashable, Sendable {
        /// Its name, to be used as its message.
        package let name: String
        /// Names of its parents, first parent first; they stand before it in the list.
        package let parents: [String]
        /// All files of the commit, not only what it changed: path to text.
        package let files: [String: String]
    }

    /// The commits, parents before children.
    package static let commits = [
        Commit(name: "root", parents: [], files: rootFiles),
        Commit(name: "a", parents: ["root"], files: aFiles),
        Commit(name: "b", parents: ["a"], files: bFiles),
        Commit(name: "side", parents: ["a"], files: sideFiles),
        Commit(name: "merge", parents: ["b", "side"], files: mergeFiles),
        Commit(name: "tip", parents: ["merge"], files: tipFiles),
        Commit(name: "x", parents: ["root"], files: xFiles),
        // The revert of x.
        Commit(name: "y", parents: ["x"], files: rootFiles),
    ]
    /// The branches to build, with the commit that each points at.
    package static let branches = [
        (name: "main", commit: "tip"), (name: "rewritten", commit: "y"),
    ]
    /// An id that no subject may have.
    package static let unknownID = "0123456789abcdef0123456789abcdef01234567"

    private static let ancestries: [(of: String, from: String, expected: Ancestry)] = [
        ("tip", "tip", .identical), ("tip", "root", .ahead), ("root", "tip", .behind),
        ("merge", "side", .ahead), ("merge", "b", .ahead), ("side", "merge", .behind),
        ("b", "side", .diverged), ("side", "b", .diverged), ("a", "root", .ahead),
        ("y", "tip", .diverged), ("tip", "y", .diverged), ("y", "root", .ahead),
        ("x", "y", .behind), ("a", "x", .diverged),
    ]
    private static let positions: [(of: String, on: String, expected: Facts.Position)] = [
        ("tip", "main", .onBranch), ("side", "main", .onBranch), ("root", "main", .onBranch),
        ("x", "main", .elsewhere), ("y", "main", .elsewhere), ("y", "rewritten", .onBranch),
        ("root", "rewritten", .onBranch), ("a", "rewritten", .elsewhere),
        ("tip", "rewritten", .elsewhere),
    ]

    let history: any History
    let ids: [String: CommitID]

    /// A subject that has built `commits` and `branches`, with the id that it gave each commit.
    package init(_ history: any History, ids: [String: CommitID]) {
        self.history = history
        self.ids = ids
    }

    /// Every answer that is not the one expected, as a sentence; empty if the subject keeps the
    /// contract. Nobody but a test may look at it.
    package func breaches() async -> [String] {
        guard ids.count == Self.commits.count else { return ["the subject lacks commits"] }
        return await ancestryBreaches() + positionBreaches() + logBreaches()
            + resolutionBreaches() + unknownBreaches() + changesBreaches() + fileBreaches()
            + unknownFileBreaches()
    }

    private func ancestryBreaches() async -> [String] {
        var breaches: [String] = []
        for (name, baseName, expected) in Self.ancestries {
            guard let commit = ids[name], let base = ids[baseName] else { continue }
            let answer = await told { () throws(PortFailure) in
                "\(try await history.ancestry(of: commit, from: base))"
            }
            guard answer != "\(expected)" else { continue }
            breaches.append("\(name) from \(baseName): \(answer), not \(expected)")
        }
        return breaches
    }

    private func positionBreaches() async -> [String] {
        var breaches: [String] = []
        for (name, branchName, expected) in Self.positions {
            guard let commit = ids[name] else { continue }
            let answer = await told { () throws(PortFailure) in
                "\(try await history.position(of: commit, on: try branch(branchName)))"
            }
            guard answer != "\(expected)" else { continue }
            breaches.append("\(name) on \(branchName): \(answer), not \(expected)")
        }
        return breaches
    }

    private func logBreaches() async -> [String] {
        var breaches: [String] = []
        let missing = await told { () throws(PortFailure) in
            "\(try await history.log(of: try branch("nowhere")).commits.count) commits"
        }
        if missing != "missing" { breaches.append("log of a branch that is not there: \(missing)") }
        let graph: CommitGraph
        do throws(PortFailure) {
            graph = try await history.log(of: try branch("main"))
        } catch {
            return breaches + ["log of main: \(error.code.rawValue)"]
        }
        if graph.tip != ids["tip"] { breaches.append("log of main: the tip is not first") }
        let onMain = Self.commits.filter { !["x", "y"].contains($0.name) }
        if graph.commits.count != onMain.count {
            breaches.append("log of main: \(graph.commits.count) commits, not \(onMain.count)")
        }
        for commit in onMain {
            let row = graph.commits.first { $0.id == ids[commit.name] }
            if row?.parents != commit.parents.compactMap({ ids[$0] }) {
                breaches.append("log of main: \(commit.name) has other parents or is not there")
            }
        }
        var shown: [CommitID] = []
        for commit in graph.commits {
            if commit.parents.contains(where: shown.contains) {
                breaches.append("log of main: a parent stands before its child")
            }
            shown.append(commit.id)
        }
        return breaches
    }

    private func resolutionBreaches() async -> [String] {
        var breaches: [String] = []
        for commit in Self.commits {
            guard let id = ids[commit.name] else { continue }
            for digits in [CommitID.digits, CommitID.digits - 1, 16] {
                let answer = await resolution(of: String(id.hex.prefix(digits)))
                guard answer != id.hex else { continue }
                breaches.append("\(commit.name) by \(digits) digits: \(answer)")
            }
        }
        return breaches
    }

    /// Where a commit is not known, no answer about its place may be given.
    private func unknownBreaches() async -> [String] {
        var breaches: [String] = []
        for digits in [CommitID.digits, 16] {
            let answer = await resolution(of: String(Self.unknownID.prefix(digits)))
            if answer != "nil" { breaches.append("an unknown commit resolved: \(answer)") }
        }
        guard let unknown = try? CommitID(Self.unknownID), let tip = ids["tip"] else {
            return breaches + ["the contract's own unknown id is none"]
        }
        for (commit, base) in [(unknown, tip), (tip, unknown)] {
            let answer = await told { () throws(PortFailure) in
                "answered \(try await history.ancestry(of: commit, from: base))"
            }
            if answer.hasPrefix("answered") { breaches.append("ancestry of an unknown: \(answer)") }
        }
        return breaches
    }

    private func resolution(of digits: String) async -> String {
        await told { () throws(PortFailure) in
            guard let name = try? CommitName(digits) else { return "no name" }
            return try await history.resolve(name)?.hex ?? "nil"
        }
    }

    private func branch(_ name: String) throws(PortFailure) -> BranchName {
        do throws(BranchName.Malformed) {
            return try BranchName(name)
        } catch {
            throw PortFailure(code: .garbled, subject: name, detail: "no branch's name")
        }
    }

    /// The answer in words, or the failure's code.
    func told(_ ask: () async throws(PortFailure) -> String) async -> String {
        do throws(PortFailure) {
            return try await ask()
        } catch {
            return error.code.rawValue
        }
    }
}
