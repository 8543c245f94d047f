package import PawlCore

/// The commits of a world: who descends from whom, and what files each has.
package struct Chart: Hashable, Sendable {
    /// One commit.
    package struct Commit: Hashable, Sendable {
        /// Its number.
        package let slot: Slot
        /// First parent first.
        package let parents: [Slot]
        /// One bit for each ancestor, its own included.
        package let ancestors: UInt64
        /// Its files.
        package let tree: Tree
        /// When it was committed, in milliseconds of the world.
        package let at: Int64
    }

    /// In the order in which they were made, parents before children.
    package private(set) var commits: [Commit] = []
    private var places = [Int?](repeating: nil, count: Names.slotsMax)

    /// A chart without a commit.
    package init() {}

    /// Adds a commit whose parents are there.
    package mutating func add(_ slot: Slot, parents: [Slot], tree: Tree, at: Int64) {
        guard places[slot] == nil else { return }
        let ancestors = parents.compactMap { self[$0]?.ancestors }.reduce(1 << UInt64(slot), |)
        places[slot] = commits.count
        commits.append(
            Commit(slot: slot, parents: parents, ancestors: ancestors, tree: tree, at: at))
    }

    /// The commit of that number, if there is one.
    package subscript(slot: Slot) -> Commit? {
        guard places.indices.contains(slot), let place = places[slot] else { return nil }
        return commits[place]
    }

    /// Whether the first is the second or one of its ancestors.
    package func isAtOrBelow(_ older: Slot, _ newer: Slot) -> Bool {
        guard let newer = self[newer] else { return false }
        return newer.ancestors & (1 << UInt64(older)) != 0
    }

    /// How a commit stands to a base.
    package func ancestry(of slot: Slot, from base: Slot) -> Ancestry {
        if slot == base { return .identical }
        if isAtOrBelow(base, slot) { return .ahead }
        return isAtOrBelow(slot, base) ? .behind : .diverged
    }

    /// The commit and its ancestors, newest first.
    package func log(from tip: Slot) -> [Commit] {
        guard let mask = self[tip]?.ancestors else { return [] }
        return commits.reversed().filter { mask & (1 << UInt64($0.slot)) != 0 }
    }
}

/// The files of a commit: which version of each path there is, 0 for none.
package struct Tree: Hashable, Sendable {
    /// Every path that a world can have.
    package static let paths = [
        "src/app.swift", "src/lib.swift", "docs/guide.md", "docs/lib.swift",
        ".github/workflows/e2e.yml", ".github/workflows/lint.yml",
        ".github/workflows/publish.yml",
    ]
    /// Where a rename begins and ends.
    package static let renamed = (from: 1, to: 3)

    /// One for each path.
    package var versions: [UInt8]

    /// What every world begins with.
    package static let first = Tree(versions: [1, 1, 1, 0, 1, 1, 1])

    /// What a commit does to its first parent's files.
    package enum Edit: Hashable, Sendable {
        /// Another version of a file that is there.
        case change(Int)
        /// `src/lib.swift` becomes `docs/lib.swift`, or back.
        case rename
    }

    /// The tree after an edit.
    package func after(_ edit: Edit) -> Tree {
        var tree = self
        switch edit {
        case .change(let path) where versions[path] > 0: tree.versions[path] += 1
        case .change: break
        case .rename: tree.versions.swapAt(Self.renamed.from, Self.renamed.to)
        }
        return tree
    }

    /// What differs between two trees; a rename without another version has both names.
    package func changes(from base: Tree) -> [ChangedFiles.File] {
        var files: [ChangedFiles.File] = []
        let (from, to) = Self.renamed
        let moved = versions[from] == base.versions[to] && versions[to] == base.versions[from]
        let isRename = moved && versions[from] != base.versions[from]
        for (path, name) in Self.paths.enumerated() where versions[path] != base.versions[path] {
            guard isRename, path == from || path == to else {
                files.append(ChangedFiles.File(path: name))
                continue
            }
            guard versions[path] > 0 else { continue }
            files.append(
                ChangedFiles.File(path: name, previousPath: Self.paths[path == to ? from : to]))
        }
        return files
    }
}
