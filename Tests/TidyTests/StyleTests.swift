import Testing

@Suite("Style that a machine can check")
struct StyleTests {
    private func expectNone(_ found: [String], _ advice: String) {
        let places = found.prefix(20).joined(separator: "\n")
        #expect(places.isEmpty, "\(advice)")
    }

    @Test("files are short enough to be read in one go: 400 lines, tests 600")
    func files() {
        for (files, limit) in [(Tree.sources, 400), (Tree.tests, 600)] {
            for file in files {
                // The text ends with a line end, after which nothing stands.
                let count = file.lines.count - 1
                #expect(count <= limit, "\(file.path) has \(count) lines, at most \(limit)")
                #expect(file.text.hasSuffix("\n"), "\(file.path) does not end with a line end")
            }
        }
    }

    @Test("lines have at most 100 columns")
    func columns() {
        expectNone(
            (Tree.sources + Tree.tests).flatMap { file in file.lines { $0.count > 100 } },
            "break the line")
    }

    @Test("functions have at most 60 lines; a test with a long literal may have more")
    func functions() {
        expectNone(
            Tree.sources.flatMap(longFunctions), "give its parts names")
    }

    /// By indentation, which the formatter keeps: from `func` to the brace of the same depth.
    private func longFunctions(in file: Tree.File) -> [String] {
        let lines = file.lines
        return lines.indices.compactMap { start in
            let words = lines[start].code.split { !($0.isLetter || $0 == "_") }
            guard words.contains("func") || words.contains("init") && lines[start].hasSuffix("{")
            else { return nil }
            let depth = lines[start].indentation
            guard !lines[start].hasSuffix("}") else { return nil }
            let end = lines[start...].dropFirst().firstIndex {
                !$0.trimmed.isEmpty && $0.indentation <= depth && !$0.trimmed.hasPrefix(")")
            }
            guard let end, end - start + 1 > 60, lines[end].trimmed.hasPrefix("}") else {
                return nil
            }
            return file.place(start + 1, "\(end - start + 1) lines")
        }
    }

    /// Words that code must not have, with what stands for them and where they are allowed.
    private static let banned: [(word: String, instead: String, allowed: [String])] = [
        ("Task.sleep", "sleep by the Clock port", ["Sources/pawl/SystemClock.swift"]),
        ("Task.yield", "wait for what is awaited", []),
        ("try!", "throw", []), ("fatalError", "throw, or make the case impossible", []),
        ("@unchecked", "use Mutex", []), ("nonisolated(unsafe)", "use Mutex", []),
        ("public ", "package is the outer access level", []), ("as!", "as?", []),
        ("open class", "final class", []), ("@testable", "test what others can use", []),
    ]
    private static let bannedBelowAdapters: [(word: String, instead: String)] = [
        ("Date()", "ask the Clock port"), (".now(", "ask the Clock port"),
        ("ContinuousClock", "ask the Clock port"), ("SystemClock", "ask the Clock port"),
        (".random", "have it handed in"), ("RandomNumberGenerator", "have it handed in"),
        ("print(", "return it, or tell the Observer"), ("getenv", "have it handed in"),
    ]

    @Test("banned words stand nowhere in the code of Sources")
    func bannedWords() {
        for (word, instead, allowed) in Self.banned {
            let found = Tree.sources.filter { !allowed.contains($0.path) }.flatMap { file in
                file.lines { $0.code.contains(word) }
            }
            expectNone(found, "\(word): \(instead)")
        }
    }

    @Test("below the adapters there is no clock, no chance and no output")
    func bannedBelow() {
        for (word, instead) in Self.bannedBelowAdapters {
            let found = Tree.sources.filter { LayersTests.light.contains($0.target) }.flatMap {
                $0.lines { line in
                    line.code.contains(word) && !line.code.contains("clock\(word)")
                }
            }
            expectNone(found, "\(word): \(instead)")
        }
    }

    @Test("nothing is left to be done later")
    func leftovers() {
        let words = ["TO" + "DO", "FIX" + "ME", "X" + "XX"]
        let found = (Tree.sources + Tree.tests + Tree.workflows + Tree.documents).flatMap { file in
            file.lines { line in words.contains { line.contains($0) } }
        }
        expectNone(found, "do it now or leave it out")
    }

    @Test("every declaration that other modules see says what it is for")
    func documented() {
        let files = Tree.sources.filter { ["PawlCore", "PawlPorts"].contains($0.target) }
        let found = files.flatMap { file in
            let lines = file.lines
            return lines.indices.compactMap { index -> String? in
                let line = lines[index].trimmed
                guard line.hasPrefix("package "), !line.hasPrefix("package import") else {
                    return nil
                }
                let above = lines[..<index].last { !$0.trimmed.hasPrefix("@") }
                return above?.trimmed.hasPrefix("///") == true
                    ? nil : file.place(index + 1, String(line))
            }
        }
        expectNone(found, "give it a doc comment")
    }

    @Test("no Set or Dictionary is iterated in the core: their order differs from run to run")
    func unorderedIteration() {
        let found = Tree.sources.filter { $0.target == "PawlCore" }.flatMap { file in
            let names = file.lines.compactMap(unorderedName)
            let walks = names.flatMap { name in
                ["in \(name) {", "in \(name) where"]
                    + [
                        "map", "filter", "forEach", "reduce", "compactMap", "flatMap", "keys",
                        "values",
                        "first", "enumerated",
                    ].map { "\(name).\($0)" }
            }
            return file.lines { line in walks.contains { line.code.contains($0) } }
        }
        expectNone(found, "sort it first, or keep an array")
    }

    /// The name that a line declares as a set or dictionary.
    private func unorderedName(_ line: Substring) -> String? {
        let code = line.code
        guard
            let name = code.split(separator: " ").drop(while: { $0 != "let" && $0 != "var" })
                .dropFirst().first
        else { return nil }
        let type = code.split(separator: ":", maxSplits: 1).dropFirst().first ?? ""
        let isDictionary =
            type.trimmed.hasPrefix("[") && !type.trimmed.hasPrefix("[(") && type.contains(":")
        let isSet = type.trimmed.hasPrefix("Set<")
        guard isDictionary || isSet else { return nil }
        return String(name.prefix { $0.isLetter || $0.isNumber })
    }
}
