/// One pattern of a `branches`, `tags`, `paths` or `-ignore` filter, in GitHub's grammar ("Filter
/// pattern cheat sheet"). Characters are Unicode scalars: `?` and `+` repeat one of those, and two
/// spellings of one letter are two names, as they are to git.
package struct FilterPattern: Hashable, Sendable, CustomStringConvertible {
    /// What the names are that a pattern is held against.
    package enum Subject: Hashable, Sendable {
        /// Files from the repository's root.
        case paths
        /// Branches or tags, without `refs/heads/`.
        case refs
    }

    /// Why a text is not a pattern that GitHub would load, or has no meaning that GitHub documents.
    /// A proof must not rest on a guess.
    package enum Malformed: Error, Hashable, Sendable {
        /// Nothing, or nothing but `!`.
        case empty
        /// `!!`.
        case negatedTwice
        /// More than `Limits.filterPatternCharactersMax`.
        case tooLong
        /// A line end.
        case lineEnd
        /// `?` or `+` without a character before it that it could repeat.
        case nothingToRepeat
        /// `[` without `]`, `[]`, a range without an end or the wrong way round, or anything in it
        /// but ASCII letters and digits.
        case brackets
        /// `\` before something that has no need of it.
        case escape
        /// Three or more `*` in a row, or `**/` that does not stand for whole folders.
        case stars
        /// A path that begins with `/`, `.` or `..` as a folder, or a ref that begins with `/`.
        case start
        /// A path that begins or ends with a space.
        case space
        /// A ref with a character, or an end, that git takes in no ref (git-check-ref-format).
        case ref
    }

    /// One character of a name.
    fileprivate enum Atom: Hashable {
        case character(Unicode.Scalar)
        /// `[…]`
        case oneOf([ClosedRange<Unicode.Scalar>])

        func takes(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .character(let own): own == scalar
            case .oneOf(let ranges): ranges.contains { $0.contains(scalar) }
            }
        }
    }

    fileprivate enum Token: Hashable {
        case one(Atom)
        /// `?`
        case optional(Atom)
        /// `+`
        case repeated(Atom)
        /// `*`
        case withinFolder
        /// `**`
        case anything
        /// `**/`
        case folders
    }

    /// As it was written.
    package let description: String
    /// Whether it begins with `!`.
    package let isNegated: Bool
    private let tokens: [Token]

    /// Reads a pattern.
    package init(_ text: String, of subject: Subject = .paths) throws(Malformed) {
        var scalars = Array(text.unicodeScalars.prefix(Limits.filterPatternCharactersMax + 1))
        guard scalars.count <= Limits.filterPatternCharactersMax else { throw .tooLong }
        description = text
        isNegated = scalars.first == "!"
        if isNegated { scalars.removeFirst() }
        guard !scalars.isEmpty else { throw .empty }
        guard !isNegated || scalars.first != "!" else { throw .negatedTwice }
        guard !scalars.contains(where: { $0 == "\n" || $0 == "\r" }) else { throw .lineEnd }
        try Self.checkEnds(of: scalars, subject)
        var reader = Reader(rest: scalars[...])
        tokens = try reader.tokens()
    }

    private static func checkEnds(
        of scalars: [Unicode.Scalar], _ subject: Subject
    ) throws(Malformed) {
        guard scalars.first != "/" else { throw .start }
        switch subject {
        case .paths:
            guard scalars.first != " ", scalars.last != " " else { throw .space }
            let folder = scalars.prefix { $0 != "/" }
            guard !(1...2).contains(folder.count) || folder.contains(where: { $0 != "." }) else {
                throw .start
            }
        case .refs:
            guard scalars.last != "/", scalars.last != ".",
                !scalars.contains(where: { " \t~^:".unicodeScalars.contains($0) })
            else { throw .ref }
        }
    }

    /// Whether the whole name matches the pattern, its `!` left aside. All ways through the pattern
    /// are walked at once, so that the work is at most pattern times name.
    package func matches(_ name: String) -> Bool {
        // Before which tokens a way may stand; one more place for the end.
        var places = [Bool](repeating: false, count: tokens.count + 1)
        var next = places
        places[0] = true
        var isFolderStart = true
        passOver(&places, isFolderStart: isFolderStart)
        for scalar in name.unicodeScalars {
            step(over: scalar, from: places, to: &next)
            swap(&places, &next)
            isFolderStart = scalar == "/"
            passOver(&places, isFolderStart: isFolderStart)
            guard places.contains(true) else { return false }
        }
        return places[tokens.count]
    }

    /// Where the ways stand after one more character.
    private func step(over scalar: Unicode.Scalar, from places: [Bool], to next: inout [Bool]) {
        for place in next.indices { next[place] = false }
        for (place, token) in tokens.enumerated() where places[place] {
            switch token {
            case .one(let atom), .optional(let atom):
                if atom.takes(scalar) { next[place + 1] = true }
            case .repeated(let atom):
                guard atom.takes(scalar) else { continue }
                next[place] = true
                next[place + 1] = true
            case .withinFolder:
                if scalar != "/" { next[place] = true }
            case .anything, .folders: next[place] = true
            }
        }
    }

    /// Passes over the tokens that may stand for nothing (more).
    private func passOver(_ places: inout [Bool], isFolderStart: Bool) {
        for (place, token) in tokens.enumerated() where places[place] {
            switch token {
            case .optional, .withinFolder, .anything: places[place + 1] = true
            // It begins where a folder begins, and may end where one ends.
            case .folders where isFolderStart: places[place + 1] = true
            case .folders, .one, .repeated: continue
            }
        }
    }

    /// A positive match takes a name in, a later negated one out again; the last match counts.
    static func lastMatchIncludes(_ name: String, _ patterns: [FilterPattern]) -> Bool {
        patterns.last { $0.matches(name) }.map { !$0.isNegated } ?? false
    }
}

/// Reads tokens from the front.
private struct Reader {
    var rest: ArraySlice<Unicode.Scalar>

    mutating func tokens() throws(FilterPattern.Malformed) -> [FilterPattern.Token] {
        var tokens: [FilterPattern.Token] = []
        while let first = rest.popFirst() {
            switch first {
            case "*": tokens.append(try stars(after: tokens.last))
            case "?", "+": throw .nothingToRepeat
            case "[": tokens.append(repeated(.oneOf(try ranges())))
            case "\\": tokens.append(repeated(.character(try escaped())))
            default: tokens.append(repeated(.character(first)))
            }
        }
        return tokens
    }

    private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard rest.first == scalar else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func repeated(_ atom: FilterPattern.Atom) -> FilterPattern.Token {
        if skip("?") { return .optional(atom) }
        return skip("+") ? .repeated(atom) : .one(atom)
    }

    private mutating func stars(
        after last: FilterPattern.Token?
    ) throws(FilterPattern.Malformed) -> FilterPattern.Token {
        guard skip("*") else { return .withinFolder }
        guard rest.first != "*" else { throw .stars }
        guard skip("/") else { return .anything }
        switch last {
        case nil, .one(.character("/")), .folders: return .folders
        default: throw .stars
        }
    }

    private mutating func escaped() throws(FilterPattern.Malformed) -> Unicode.Scalar {
        guard let scalar = rest.popFirst(), "*+?![\\".unicodeScalars.contains(scalar) else {
            throw .escape
        }
        return scalar
    }

    /// What stands after `[`, with its `]`.
    private mutating func ranges() throws(FilterPattern.Malformed)
        -> [ClosedRange<Unicode.Scalar>]
    {
        let alphabets: [ClosedRange<Unicode.Scalar>] = ["a"..."z", "A"..."Z", "0"..."9"]
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while !skip("]") {
            guard let lower = rest.popFirst(),
                let alphabet = alphabets.first(where: { $0.contains(lower) })
            else { throw .brackets }
            guard skip("-") else {
                ranges.append(lower...lower)
                continue
            }
            guard let upper = rest.popFirst(), alphabet.contains(upper), lower <= upper else {
                throw .brackets
            }
            ranges.append(lower...upper)
        }
        guard !ranges.isEmpty else { throw .brackets }
        return ranges
    }
}
