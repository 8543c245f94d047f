import PawlCore

extension FuzzTarget {
    /// Filter patterns against a slow, obvious matcher: the pattern in the first line, names in
    /// those after it.
    static let filterPattern = FuzzTarget("filter-pattern") { bytes throws(Broken) in
        var outside = OutsideBytes(bytes)
        let text = outside.line()
        let names = outside.lines()
        for subject in [FilterPattern.Subject.paths, .refs] {
            guard let pattern = try? FilterPattern(text, of: subject) else { continue }
            try hold(pattern.description.isSame(as: text), "a pattern is not kept as written")
            try hold(pattern.isNegated == (text.utf8.first == 0x21), "! is not what negates")
            let include = PathFilter.include([pattern])
            let ignore = PathFilter.ignore([pattern])
            // The obvious matcher keeps a table of pattern times name.
            for name in names where text.utf8.count * name.utf8.count < 40_000 {
                let matches = pattern.matches(name)
                var obvious = ObviousMatcher(pattern: text, name: name)
                try hold(matches == obvious.matches, "\(text) and \(name): \(matches)")
                try hold(
                    include.takes(name) == (matches && !pattern.isNegated)
                        && ignore.takes(name) == !matches,
                    "a filter of one pattern, \(text), does not do what it does")
            }
        }
    }
}

/// Tries every way through a pattern that is well formed, by the words of GitHub's cheat sheet.
private struct ObviousMatcher {
    private let pattern: [Unicode.Scalar]
    private let name: [Unicode.Scalar]
    /// Places of pattern and name that were found to come to nothing.
    private var dead: [Bool]

    init(pattern: String, name: String) {
        var scalars = Array(pattern.unicodeScalars)
        if scalars.first == "!" { scalars.removeFirst() }
        self.pattern = scalars
        self.name = Array(name.unicodeScalars)
        dead = Array(repeating: false, count: (self.pattern.count + 1) * (self.name.count + 1))
    }

    var matches: Bool { mutating get { matches(from: 0, 0) } }

    private mutating func matches(from place: Int, _ position: Int) -> Bool {
        let index = place * (name.count + 1) + position
        guard !dead[index] else { return false }
        dead[index] = !isMatch(from: place, position)
        return !dead[index]
    }

    private mutating func isMatch(from place: Int, _ position: Int) -> Bool {
        guard place < pattern.count else { return position == name.count }
        let rest = pattern[place...]
        if rest.starts(with: "**/".unicodeScalars) {
            if matches(from: place + 3, position) { return true }
            let slash = name[position...].firstIndex(of: "/")
            return slash.map { matches(from: place, $0 + 1) } ?? false
        }
        if rest.starts(with: "**".unicodeScalars) {
            return (position...name.count).contains { matches(from: place + 2, $0) }
        }
        if rest.first == "*" {
            let end = name[position...].firstIndex(of: "/") ?? name.count
            return (position...end).contains { matches(from: place + 1, $0) }
        }
        var next = place + 1
        var takes: (Unicode.Scalar) -> Bool = { $0 == rest.first }
        if rest.first == "[", let end = rest.firstIndex(of: "]") {
            let list = rest[next..<end]
            takes = { scalar in Self.isListed(scalar, in: list) }
            next = end + 1
        } else if rest.first == "\\", next < pattern.count {
            let escaped = pattern[next]
            takes = { $0 == escaped }
            next += 1
        }
        let fits = position < name.count && takes(name[position])
        switch next < pattern.count ? pattern[next] : nil {
        case "?":
            return matches(from: next + 1, position)
                || fits && matches(from: next + 1, position + 1)
        case "+":
            return fits
                && (matches(from: place, position + 1) || matches(from: next + 1, position + 1))
        default: return fits && matches(from: next, position + 1)
        }
    }

    /// Each alone, or with `-` everything between two.
    private static func isListed(
        _ scalar: Unicode.Scalar, in list: ArraySlice<Unicode.Scalar>
    ) -> Bool {
        list.indices.contains { index in
            if list[index] == "-", index > list.startIndex, index + 1 < list.endIndex {
                return (list[index - 1].value...max(list[index - 1].value, list[index + 1].value))
                    .contains(scalar.value)
            }
            return list[index] == scalar
        }
    }
}
