package import PawlCore
import PawlHTTP

extension GitHubHost {
    /// One page of the branch's log.
    package func log(of branch: BranchName) async throws(PortFailure) -> CommitGraph {
        let call = Call(
            what: "log of branch \(branch)",
            path: "/commits?sha=\(percentEncoded(branch.text))&per_page=\(Limits.hostPageRowsMax)",
            permission: "contents: read")
        let response = try await answer(to: call)
        switch response.status {
        case 404:
            throw failure(
                .missing, call,
                "GitHub has no branch \(branch) in \(repository) that the token may read",
                advice: "Check the names of repository and branch, and that the token has the "
                    + "permission \(call.permission).")
        case 409:
            throw failure(.missing, call, "\(repository) is empty")
        default: break
        }
        var commits: [CommitGraph.Commit] = []
        for row in try read([WireCommit].self, from: response, to: call) {
            var parents: [CommitID] = []
            for parent in row.parents { parents.append(try commit(parent.sha, call)) }
            commits.append(
                CommitGraph.Commit(
                    id: try commit(row.sha, call), parents: parents,
                    committedAt: row.commit?.committer?.date.flatMap { Instant(timestamp: $0) }))
        }
        guard !commits.isEmpty else {
            throw failure(.garbled, call, "GitHub's log of an existing branch is empty")
        }
        return CommitGraph(commits)
    }

    /// GitHub's compare. The page of commits is as short as can be: status and counts describe the
    /// whole comparison.
    package func ancestry(
        of commit: CommitID, from base: CommitID
    ) async throws(PortFailure) -> Ancestry {
        try await compare(comparison(of: commit, with: base), base: base)
    }

    /// The same question for ancestry and for files, so that the second one is answered by a 304.
    /// Files stand on the first page alone.
    func comparison(of commit: CommitID, with base: CommitID) -> Call {
        Call(
            what: "comparison of \(commit.short) with \(base.short)",
            path: "/compare/\(base.hex)...\(commit.hex)?per_page=1&page=1",
            permission: "contents: read")
    }

    /// Asked of the branch and not of the commit alone: a commit of a fork can be read in this
    /// repository too.
    package func position(
        of commit: CommitID, on branch: BranchName
    ) async throws(PortFailure) -> Facts.Position {
        let ancestry = try await compare(
            Call(
                what: "comparison of branch \(branch) with \(commit.short)",
                path: "/compare/\(commit.hex)...\(percentEncoded(branch.text))?per_page=1",
                permission: "contents: read"),
            base: commit)
        switch ancestry {
        case .ahead, .identical: return .onBranch
        case .behind, .diverged: return .elsewhere
        }
    }

    /// The bare id of the one commit that the digits begin.
    package func resolve(_ name: CommitName) async throws(PortFailure) -> CommitID? {
        let call = Call(
            what: "commit \(name)", path: "/commits/\(name)", permission: "contents: read",
            accept: "application/vnd.github.sha")
        let response = try await answer(to: call)
        let message = Self.message(of: response) ?? ""
        if [409, 422].contains(response.status), message.lowercased().contains("ambiguous") {
            throw failure(
                .ambiguous, call, "more than one commit begins with \(name)",
                advice: "Give all \(CommitID.digits) digits.")
        }
        if response.status == 422, message.contains("No commit found") { return nil }
        guard response.status == 200 else { throw failure(of: response, to: call) }
        let text = String(decoding: response.body.prefix(CommitID.digits * 2), as: UTF8.self)
        let answered = try commit(text.filter { !$0.isWhitespace }, call)
        // A branch or tag may be called like a short id; GitHub would answer with its commit.
        guard answered.hex.hasPrefix(name.description) else {
            throw failure(.garbled, call, "GitHub answered with the commit \(answered.short)")
        }
        return answered
    }

    private func compare(_ call: Call, base: CommitID) async throws(PortFailure) -> Ancestry {
        let response = try await answer(to: call)
        if response.status == 404 {
            // The one 404 that is an answer: both are there and share no history. Any other one
            // may be a missing permission or an unknown id, and says nothing about ancestry.
            if Self.message(of: response)?.contains("No common ancestor") == true {
                return .diverged
            }
            throw failure(of: response, to: call)
        }
        return try ancestry(
            of: try read(WireComparison.self, from: response, to: call), base: base, call)
    }

    /// What a comparison says, if all of it says the same.
    func ancestry(
        of comparison: WireComparison, base: CommitID, _ call: Call
    ) throws(PortFailure) -> Ancestry {
        guard let ancestry = Ancestry(rawValue: comparison.status) else {
            throw failure(
                .garbled, call, "GitHub compares with an unknown word (\(comparison.status))")
        }
        guard comparison.agrees(with: ancestry), comparison.baseCommit.sha == base.hex else {
            throw failure(.garbled, call, "GitHub's comparison contradicts itself")
        }
        return ancestry
    }

    func commit(_ text: String, _ call: Call) throws(PortFailure) -> CommitID {
        if let commit = try? CommitID(text) { return commit }
        let isSHA256 = text.utf8.count == 64 && text.allSatisfy(\.isHexDigit)
        throw isSHA256
            ? failure(.unsupported, call, "commit ids of 64 digits (SHA-256) are not supported yet")
            : failure(.garbled, call, "GitHub's answer has a commit id that is none")
    }
}

/// A commit of a branch's log.
struct WireCommit: Decodable {
    struct Parent: Decodable {
        let sha: String
    }
    struct Content: Decodable {
        struct Person: Decodable {
            let date: String?
        }
        let committer: Person?
    }

    let sha: String
    let parents: [Parent]
    let commit: Content?
}

/// A comparison.
struct WireComparison: Decodable {
    let status: String
    let aheadBy: Int
    let behindBy: Int
    let baseCommit: WireCommit.Parent

    private enum CodingKeys: String, CodingKey {
        case status
        case aheadBy = "ahead_by"
        case behindBy = "behind_by"
        case baseCommit = "base_commit"
    }

    func agrees(with ancestry: Ancestry) -> Bool {
        switch ancestry {
        case .identical: aheadBy == 0 && behindBy == 0
        case .ahead: aheadBy > 0 && behindBy == 0
        case .behind: aheadBy == 0 && behindBy > 0
        case .diverged: aheadBy > 0 && behindBy > 0
        }
    }
}
