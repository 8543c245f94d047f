import PawlCore
import Testing

@Suite("Filter patterns agree with a slow, obvious matcher")
struct FilterPatternPropertyTests {
    @Test("on random patterns and names", arguments: 0..<8)
    func matching(seed: UInt64) throws {
        var chance = Chance(seed: seed)
        var compared = 0
        var matched = 0
        while compared < 2000 {
            let text = chance.pattern()
            guard let pattern = try? FilterPattern(text) else { continue }
            for name in [chance.name(), chance.name(like: text), chance.name(like: text)] {
                let expected = slowMatch(body(of: text), name)
                #expect(pattern.matches(name) == expected, "\(text) and \(name)")
                compared += 1
                if expected { matched += 1 }
            }
        }
        // Both answers are common, so that neither could be given always.
        #expect(matched > 300 && matched < 1700, "\(matched)")
    }

    @Test("on random filters and files: each name goes through the patterns in order")
    func filters() throws {
        var chance = Chance(seed: 99)
        var taken = 0
        var left = 0
        for _ in 0..<2000 {
            let texts = (0..<chance.below(5)).map { _ in chance.pattern() }.filter {
                (try? FilterPattern($0)) != nil
            }
            let patterns = try texts.map { try FilterPattern($0) }
            let name = chance.name(like: texts.first ?? "a")

            var isIncluded = false
            var isIgnored = false
            for text in texts where slowMatch(body(of: text), name) {
                isIncluded = !text.hasPrefix("!")
                isIgnored = true
            }
            #expect(PathFilter.include(patterns).takes(name) == isIncluded, "\(texts) \(name)")
            #expect(PathFilter.ignore(patterns).takes(name) == !isIgnored, "\(texts) \(name)")
            #expect(PathFilter.all.takes(name))
            if isIncluded { taken += 1 } else if isIgnored { left += 1 }
        }
        #expect(taken > 200 && left > 100, "\(taken) \(left)")
    }

    @Test("any text at all is a pattern or is refused", arguments: 0..<4)
    func anything(seed: UInt64) {
        var chance = Chance(seed: seed &+ 500)
        let signs = Array("ab/*?+[]!\\-.09 é\n~")
        var patterns = 0
        var refused = 0
        for _ in 0..<5000 {
            let text = String((0..<chance.below(8)).map { _ in signs[chance.below(signs.count)] })
            if let pattern = try? FilterPattern(text, of: chance.below(2) == 0 ? .paths : .refs) {
                patterns += 1
                _ = pattern.matches(chance.name())
            } else {
                refused += 1
            }
        }
        #expect(patterns > 500 && refused > 500)
    }
}

/// A pattern without the `!` in front.
private func body(of pattern: String) -> Substring {
    pattern.hasPrefix("!") ? pattern.dropFirst() : pattern[...]
}

/// Tries every way, by the words of the cheat sheet: well-formed patterns only, without their `!`.
private func slowMatch(_ pattern: Substring, _ name: String) -> Bool {
    slowMatch(Array(pattern.unicodeScalars)[...], Array(name.unicodeScalars)[...])
}

private typealias Scalars = ArraySlice<Unicode.Scalar>

private func slowMatch(_ pattern: Scalars, _ name: Scalars) -> Bool {
    guard let first = pattern.first else { return name.isEmpty }
    if pattern.starts(with: "**/".unicodeScalars) {
        let rest = pattern.dropFirst(3)
        if slowMatch(rest, name) { return true }
        guard let slash = name.firstIndex(of: "/") else { return false }
        return slowMatch(pattern, name[(slash + 1)...])
    }
    if pattern.starts(with: "**".unicodeScalars) {
        return (0...name.count).contains { slowMatch(pattern.dropFirst(2), name.dropFirst($0)) }
    }
    if first == "*" {
        let folder = name.prefix { $0 != "/" }
        return (0...folder.count).contains { slowMatch(pattern.dropFirst(), name.dropFirst($0)) }
    }
    var rest = pattern.dropFirst()
    var takes: (Unicode.Scalar) -> Bool = { $0 == first }
    if first == "[", let end = rest.firstIndex(of: "]") {
        let inside = rest[..<end]
        takes = { isListed($0, in: inside) }
        rest = rest[(end + 1)...]
    } else if first == "\\", let escaped = rest.popFirst() {
        takes = { $0 == escaped }
    }
    let fits = name.first.map(takes) ?? false
    switch rest.first {
    case "?":
        return slowMatch(rest.dropFirst(), name)
            || fits && slowMatch(rest.dropFirst(), name.dropFirst())
    case "+":
        return fits
            && (slowMatch(pattern, name.dropFirst())
                || slowMatch(rest.dropFirst(), name.dropFirst()))
    default: return fits && slowMatch(rest, name.dropFirst())
    }
}

/// Whether `[…]` lists the character: each alone, or with `-` everything between two.
private func isListed(_ scalar: Unicode.Scalar, in list: Scalars) -> Bool {
    list.indices.contains { index in
        if list[index] == "-" {
            return (list[index - 1].value...list[index + 1].value).contains(scalar.value)
        }
        return list[index] == scalar
    }
}

/// Sebastiano Vigna's SplitMix64: the same numbers for the same seed.
private struct Chance {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func pattern() -> String {
        let pieces = [
            "a", "b", "c", "/", ".", "é", "*", "**", "**/", "/**/", "a?", "b+", "[ab]", "[a-c]+",
            "[b-cx]?", "\\*", "\\+?", "/?", "!", "0", "\\!", "a/",
        ]
        let body = (0...below(6)).map { _ in pieces[below(pieces.count)] }.joined()
        return (below(4) == 0 ? "!" : "") + body
    }

    mutating func name() -> String {
        let pieces = ["a", "b", "c", "ab", "é", ".", "/", "*", "+", "!", "0"]
        return (0..<below(9)).map { _ in pieces[below(pieces.count)] }.joined()
    }

    /// Something that the pattern might match.
    mutating func name(like pattern: String) -> String {
        var name = ""
        var isList = false
        for character in pattern.drop(while: { $0 == "!" }) {
            switch character {
            case "*": name += ["", "a", "b/", "ab"][below(4)]
            case "[":
                isList = true
                name += ["a", "b", "c"][below(3)]
            case "]": isList = false
            case "?": if below(2) == 0, !name.isEmpty { name.removeLast() }
            case "+": if below(2) == 0, let last = name.last { name.append(last) }
            case "\\": continue
            default: if !isList { name.append(character) }
            }
        }
        return name
    }
}
