/// The newest commits of a branch with their parents, as far as one page of its log shows them.
///
/// Answers about ancestry are given only where the page proves them; `nil` means "ask the host".
package struct CommitGraph: Hashable, Sendable {
    /// One commit of the page.
    package struct Commit: Hashable, Sendable {
        /// Its id.
        package let id: CommitID
        /// First parent first; empty for a root.
        package let parents: [CommitID]
        /// When it was committed, if the host says so. For people only: clocks lie.
        package let committedAt: Instant?

        /// One row of a branch's log.
        package init(id: CommitID, parents: [CommitID], committedAt: Instant? = nil) {
            self.id = id
            self.parents = parents
            self.committedAt = committedAt
        }
    }

    /// Newest first; the first is the branch's tip. Every one of them is on the branch.
    package let commits: [Commit]
    private let parents: [CommitID: [CommitID]]

    /// Takes a page of a branch's log, tip first.
    package init(_ commits: [Commit]) {
        self.commits = commits
        parents = Dictionary(
            commits.map { ($0.id, $0.parents) }, uniquingKeysWith: { first, _ in first })
    }

    /// The branch's newest commit; `nil` if the page is empty.
    package var tip: CommitID? { commits.first?.id }

    /// Whether the page shows the commit, which proves that it is on the branch.
    package func shows(_ commit: CommitID) -> Bool { parents[commit] != nil }

    /// How `commit` stands to `base`; `nil` where the page does not reach far enough to say.
    package func ancestry(of commit: CommitID, from base: CommitID) -> Ancestry? {
        if commit == base { return .identical }
        let baseIsOlder = isAncestor(base, of: commit)
        if baseIsOlder == true { return .ahead }
        let commitIsOlder = isAncestor(commit, of: base)
        if commitIsOlder == true { return .behind }
        return baseIsOlder == false && commitIsOlder == false ? .diverged : nil
    }

    /// `nil`: the walk left the page before it could tell.
    private func isAncestor(_ older: CommitID, of newer: CommitID) -> Bool? {
        var seen: Set<CommitID> = [newer]
        var waiting = [newer]
        var leftThePage = false
        while let commit = waiting.popLast() {
            guard let next = parents[commit] else {
                leftThePage = true
                continue
            }
            for parent in next {
                if parent == older { return true }
                if seen.insert(parent).inserted { waiting.append(parent) }
            }
        }
        return leftThePage ? nil : false
    }

    /// The commits on the way from `base` to `commit`, newest first: `commit`, and those of its
    /// ancestors that descend from `base`. Without a base, all of its ancestors that the page
    /// shows. `nil` where the page does not reach far enough to know them all.
    package func way(from base: CommitID?, to commit: CommitID) -> [CommitID]? {
        guard shows(commit) else { return nil }
        let older = ancestors(of: commit)
        guard let base else {
            return commits.map(\.id).filter { $0 == commit || older.shown.contains($0) }
        }
        guard base != commit else { return [] }
        // A parent outside of the page could descend from the base too.
        guard shows(base), older.shown.contains(base) else { return nil }
        let below = ancestors(of: base)
        guard older.unseen.isSubset(of: below.unseen) else { return nil }
        return commits.map(\.id).filter { id in
            (id == commit || older.shown.contains(id)) && isAncestor(base, of: id) == true
        }
    }

    /// Every ancestor that the page shows, and the parents that it does not.
    private func ancestors(
        of commit: CommitID
    ) -> (shown: Set<CommitID>, unseen: Set<CommitID>) {
        var shown: Set<CommitID> = []
        var unseen: Set<CommitID> = []
        var waiting = parents[commit] ?? []
        while let next = waiting.popLast() {
            guard let parents = parents[next] else {
                unseen.insert(next)
                continue
            }
            if shown.insert(next).inserted { waiting += parents }
        }
        return (shown, unseen)
    }

    /// When the oldest of these commits was committed; `nil` if one of them has no time.
    package func oldestTime(of ids: [CommitID]) -> Instant? {
        var oldest: Instant?
        for commit in commits where ids.contains(commit.id) {
            guard let time = commit.committedAt else { return nil }
            oldest = min(oldest ?? time, time)
        }
        return oldest
    }
}
