import PawlCore
import PawlYAML

/// Reads the `push` trigger with its filters.
struct PushReader {
    fileprivate enum Filter: String {
        case branches, tags, paths
        case branchesIgnore = "branches-ignore"
        case tagsIgnore = "tags-ignore"
        case pathsIgnore = "paths-ignore"
    }

    private var patterns: [Filter: [FilterPattern]] = [:]

    /// What stands under `push:`; nothing there means every push.
    static func trigger(of node: Node?) throws(PortFailure) -> PushTrigger {
        guard let node, !node.isNull else { return .on(branches: .all, paths: .all) }
        guard case .mapping(let entries) = node.content else {
            throw .unsupported("`push:` must be a mapping, and is \(node.kind)", at: node.mark)
        }
        var reader = PushReader()
        for entry in entries { try reader.read(entry) }
        for (filter, other) in [
            (Filter.branches, Filter.branchesIgnore), (.tags, .tagsIgnore), (.paths, .pathsIgnore),
        ] where reader.patterns[filter] != nil && reader.patterns[other] != nil {
            throw .unsupported(
                "`push:` has both `\(filter.rawValue)` and `\(other.rawValue)`, which GitHub "
                    + "refuses",
                at: node.mark)
        }
        return .on(branches: reader.branches, paths: reader.paths)
    }

    private var branches: BranchFilter {
        if let patterns = patterns[.branches] { return .include(patterns) }
        if let patterns = patterns[.branchesIgnore] { return .ignore(patterns) }
        return patterns[.tags] == nil && patterns[.tagsIgnore] == nil ? .all : .none
    }

    private var paths: PathFilter {
        if let patterns = patterns[.paths] { return .include(patterns) }
        return patterns[.pathsIgnore].map { .ignore($0) } ?? .all
    }

    private mutating func read(_ entry: Node.Entry) throws(PortFailure) {
        guard let filter = Filter(rawValue: entry.key) else {
            throw .unsupported(
                "`push:` has the unknown key \(quoted(entry.key))", at: entry.keyMark)
        }
        let texts = try entry.texts()
        guard texts.count <= Limits.filterPatternsMax else {
            throw .unsupported(
                "`\(entry.key)` has \(texts.count) patterns; at most \(Limits.filterPatternsMax) "
                    + "are read", at: entry.keyMark)
        }
        var patterns: [FilterPattern] = []
        for item in texts {
            do throws(FilterPattern.Malformed) {
                patterns.append(try FilterPattern(item.text, of: filter.subject))
            } catch {
                throw .unsupported(
                    "`\(entry.key)` has the pattern \(quoted(item.text)), \(error.words)",
                    at: item.mark)
            }
        }
        try checkNegations(in: patterns, of: filter, at: entry.keyMark)
        self.patterns[filter] = patterns
    }

    private func checkNegations(
        in patterns: [FilterPattern], of filter: Filter, at mark: Mark
    ) throws(PortFailure) {
        if filter.isIgnore {
            guard !patterns.contains(where: \.isNegated) else {
                throw .unsupported(
                    "`\(filter.rawValue)` has a pattern with `!`, whose meaning there is not "
                        + "documented", at: mark)
            }
        } else if patterns.allSatisfy(\.isNegated) {
            throw .unsupported(
                "`\(filter.rawValue)` has only patterns with `!`, and GitHub wants one without",
                at: mark)
        }
    }
}

extension PushReader.Filter {
    fileprivate var subject: FilterPattern.Subject {
        switch self {
        case .paths, .pathsIgnore: .paths
        case .branches, .branchesIgnore, .tags, .tagsIgnore: .refs
        }
    }

    fileprivate var isIgnore: Bool { rawValue.hasSuffix("-ignore") }
}

extension FilterPattern.Malformed {
    /// Fits after the pattern and a comma.
    fileprivate var words: String {
        switch self {
        case .empty: "which is empty"
        case .negatedTwice: "which has a second !"
        case .tooLong: "which has more than \(Limits.filterPatternCharactersMax) characters"
        case .lineEnd: "which has a line end"
        case .nothingToRepeat: "in which ? or + follows no character"
        case .brackets: "whose [] are not letters, digits or ranges of them"
        case .escape: "in which \\ stands before a character that needs none"
        case .stars: "whose ** are not documented to mean anything"
        case .start: "which begins with a slash or a dot folder"
        case .space: "which begins or ends with a space"
        case .ref: "which can be no branch or tag"
        }
    }
}
