package import PawlCore
package import PawlPorts

/// Commits from a local clone. What it says is what the clone has: a commit or branch that was not
/// fetched is one that could not be looked at, and in a shallow clone nothing can be ruled out.
package struct GitHistory: History {
    let git: GitCommand

    /// A clone that holds the folder, or is it.
    ///
    /// - Parameters:
    ///   - folder: The clone's folder, or one in it.
    ///   - environment: The process's own environment; git is given what it needs of it.
    ///   - clock: Bounds the time of each run of git.
    ///   - timeLimit: That bound.
    package init(
        folder: String, environment: [String: String], clock: Clock,
        timeLimit: Duration = Limits.requestTimeout
    ) {
        git = GitCommand(
            folder: folder, environment: environment, clock: clock, timeLimit: timeLimit)
    }

    /// The newest commits of the branch with their true parents, tip first, a child before its
    /// parents.
    package func log(of branch: BranchName) async throws(PortFailure) -> CommitGraph {
        let subject = "log of \(branch)"
        let tip = try await tip(of: branch, asking: subject)
        let rows = try await answer(
            [
                "rev-list", "--max-count=\(Limits.hostPageRowsMax)", "--parents", "--timestamp",
                "--end-of-options", tip.hex, "--",
            ], asking: subject)
        var commits: [CommitGraph.Commit] = []
        for line in rows.lines { commits.append(try row(line, subject: subject)) }

        // In a shallow clone git shows the commits at the boundary without parents, as if they were
        // roots. Their objects tell.
        let parentless = commits.filter(\.parents.isEmpty).map(\.id)
        if !parentless.isEmpty {
            let parents = try await recordedParents(of: parentless, asking: subject)
            commits = commits.map { commit in
                CommitGraph.Commit(
                    id: commit.id, parents: parents[commit.id] ?? commit.parents,
                    committedAt: commit.committedAt)
            }
        }
        return CommitGraph(childrenFirst(commits))
    }

    /// How the commits stand to each other, by the best common ancestor of the two.
    package func ancestry(
        of commit: CommitID, from base: CommitID
    ) async throws(PortFailure) -> Ancestry {
        if commit == base { return .identical }
        let subject = "ancestry of \(commit.short) from \(base.short)"
        let answer = try await git.run(["merge-base", base.hex, commit.hex], asking: subject)
        let common = answer.lines.first
        switch (answer.exitCode, common) {
        case (0, base.hex): return .ahead
        case (0, commit.hex): return .behind
        case (0, .some), (1, .none):
            try await refuseNo(answer, subject: subject)
            return .diverged
        default: throw try await failure(answer, subject: subject)
        }
    }

    /// Whether the commit is the branch's tip or one of its ancestors.
    package func position(
        of commit: CommitID, on branch: BranchName
    ) async throws(PortFailure) -> Facts.Position {
        let subject = "position of \(commit.short) on \(branch)"
        let tip = try await tip(of: branch, asking: subject)
        let answer = try await git.run(
            ["merge-base", "--is-ancestor", commit.hex, tip.hex], asking: subject)
        switch answer.exitCode {
        case 0: return .onBranch
        case 1:
            try await refuseNo(answer, subject: subject)
            return .elsewhere
        default: throw try await failure(answer, subject: subject)
        }
    }

    /// The one commit of that name. Branches and tags that are called like a commit's first digits
    /// are not looked at.
    package func resolve(_ name: CommitName) async throws(PortFailure) -> CommitID? {
        let subject = "commit \(name)"
        let objects: [String]
        switch name {
        case .full(let commit): objects = [commit.hex]
        case .short(let digits):
            objects = try await answer(
                ["rev-parse", "--disambiguate=\(digits)"], asking: subject
            ).lines
        }
        let commits = try await commits(among: objects, asking: subject)
        guard commits.count <= 1 else {
            throw PortFailure(
                code: .ambiguous, subject: subject,
                detail: "\(commits.count) commits of the clone begin with \(name)",
                advice: "Write more of its digits.")
        }
        if commits.isEmpty { try await refuseIfShallow(subject) }
        return commits.first
    }
}

extension GitHistory {
    /// The branch as others can see it: what was last fetched counts, and a branch of the clone's
    /// own only where the remote has none of that name.
    private func tip(
        of branch: BranchName, asking subject: String
    ) async throws(PortFailure) -> CommitID {
        // `refs/remotes/origin/HEAD` is no branch but a pointer to one.
        let names =
            (branch.text == "HEAD" ? [] : ["refs/remotes/origin/\(branch)"])
            + ["refs/heads/\(branch)"]
        let refs = try await answer(
            ["for-each-ref", "--format=%(objectname) %(refname)", "--"] + names, asking: subject)
        guard !String(decoding: refs.errors, as: UTF8.self).contains("ignoring") else {
            throw unexpected(refs, subject: subject)
        }
        for name in names {
            for line in refs.lines {
                let words = line.split(separator: " ", maxSplits: 1)
                // Bytes, because names that only look alike are different refs.
                guard words.count == 2, words[1].utf8.elementsEqual(name.utf8) else { continue }
                return try commit(words[0], subject: subject)
            }
        }
        throw PortFailure(
            code: .missing, subject: subject,
            detail: "the clone has no branch \(printable(branch.text)), fetched or its own",
            advice: "Fetch it (git fetch origin), or correct `branch:`.")
    }

    /// Reads `SECONDS ID PARENT…`.
    private func row(
        _ line: String, subject: String
    ) throws(PortFailure) -> CommitGraph.Commit {
        let words = line.split(separator: " ")
        guard words.count >= 2 else { throw garbled(line, subject: subject) }
        var ids: [CommitID] = []
        for word in words.dropFirst() { ids.append(try commit(word, subject: subject)) }
        let seconds = Int64(words[0]).flatMap { seconds in
            let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
            return overflow ? nil : milliseconds
        }
        return CommitGraph.Commit(
            id: ids[0], parents: Array(ids.dropFirst()),
            committedAt: seconds.map(Instant.init(millisecondsSinceEpoch:)))
    }

    /// The parents that stand in the commits' objects, whatever grafts say.
    private func recordedParents(
        of commits: [CommitID], asking subject: String
    ) async throws(PortFailure) -> [CommitID: [CommitID]] {
        let input = commits.map { $0.hex + "\n" }.joined()
        var rest = try await answer(["cat-file", "--batch"], input: input, asking: subject)
            .output[...]
        var parents: [CommitID: [CommitID]] = [:]
        for commit in commits {
            // `ID commit SIZE`, the object of that many bytes, a line break.
            let head = rest.prefix { $0 != UInt8(ascii: "\n") }
            let words = String(decoding: head, as: UTF8.self).split(separator: " ")
            guard words.count == 3, words[0] == commit.hex, words[1] == "commit",
                let size = Int(words[2]), size >= 0, size < rest.count - head.count
            else { throw garbled(String(decoding: head, as: UTF8.self), subject: subject) }
            let object = rest.dropFirst(head.count + 1).prefix(size)
            rest = rest.dropFirst(head.count + 1 + size + 1)

            var found: [CommitID] = []
            let lines = object.split(
                separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            for line in lines.prefix(while: { !$0.isEmpty }) {
                let line = String(decoding: line, as: UTF8.self)
                guard line.hasPrefix("parent ") else { continue }
                found.append(try self.commit(line.dropFirst("parent ".count), subject: subject))
            }
            parents[commit] = found
        }
        return parents
    }

    /// The commits among objects; an object that the clone does not have is none.
    private func commits(
        among objects: [String], asking subject: String
    ) async throws(PortFailure) -> [CommitID] {
        guard !objects.isEmpty else { return [] }
        let types = try await answer(
            ["cat-file", "--batch-check=%(objecttype) %(objectname)"],
            input: objects.map { $0 + "\n" }.joined(), asking: subject)
        guard !types.hasComplaints else { throw unexpected(types, subject: subject) }
        var commits: [CommitID] = []
        for line in types.lines where line.hasPrefix("commit ") {
            commits.append(try commit(line.dropFirst("commit ".count), subject: subject))
        }
        return commits
    }
}

/// The same commits, each before its parents, else in the order given. git's default order goes by
/// dates, which may lie; its own `--topo-order` walks the whole history first.
func childrenFirst(_ commits: [CommitGraph.Commit]) -> [CommitGraph.Commit] {
    var waitingChildren: [CommitID: Int] = [:]
    for parent in commits.flatMap(\.parents) { waitingChildren[parent, default: 0] += 1 }
    var waiting = commits
    var ordered: [CommitGraph.Commit] = []
    while let next = waiting.firstIndex(where: { waitingChildren[$0.id, default: 0] == 0 }) {
        let commit = waiting.remove(at: next)
        for parent in commit.parents { waitingChildren[parent, default: 0] -= 1 }
        ordered.append(commit)
    }
    return ordered + waiting
}
