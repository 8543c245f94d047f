import FoundationEssentials

/// The files of the package, found by where this file is.
enum Tree {
    /// One text file, by its path from the root.
    struct File: Sendable {
        let path: String
        let text: String

        /// Lines without their ends; the first is number 1.
        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
        var name: String { path.split(separator: "/").last.map(String.init) ?? path }
        /// `PawlCore` of `Sources/PawlCore/Limits.swift`.
        var target: String {
            let parts = path.split(separator: "/")
            return parts.count > 2 ? String(parts[1]) : ""
        }
    }

    static let root: String = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(3).joined(separator: "/")
    }()

    static let sources = files(under: "Sources", endingIn: [".swift"])
    static let tests = files(under: "Tests", endingIn: [".swift"])
    static let workflows =
        files(under: ".github", endingIn: [".yml", ".yaml"])
        + files(under: "examples", endingIn: [".yml", ".yaml"]) + ["action.yml"].compactMap(file)
    static let documents =
        files(under: "docs", endingIn: [".md"]) + files(under: "examples", endingIn: [".md"])
        + ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "AGENTS.md"]
        .compactMap(file)

    /// `nil` if there is no such file.
    static func file(_ path: String) -> File? {
        guard let bytes = FileManager.default.contents(atPath: "\(root)/\(path)") else {
            return nil
        }
        return File(path: path, text: String(decoding: bytes, as: UTF8.self))
    }

    static func isThere(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(root)/\(path)")
    }

    static func files(under folder: String, endingIn ends: [String]) -> [File] {
        let paths =
            (try? FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(folder)")) ?? []
        return paths.sorted().filter { path in ends.contains { path.hasSuffix($0) } }
            .compactMap { file("\(folder)/\($0)") }
    }
}

extension Tree.File {
    /// The lines that a rule objects to, as `path:line: text`.
    func lines(where isBad: (Substring) -> Bool) -> [String] {
        lines.enumerated().filter { isBad($1) }.map { place($0 + 1, String($1.trimmed)) }
    }

    func place(_ line: Int, _ what: String) -> String { "\(path):\(line): \(what)" }
}

extension Substring {
    var trimmed: Substring {
        var text = self
        while text.first == " " || text.first == "\t" { text = text.dropFirst() }
        while text.last == " " || text.last == "\t" { text = text.dropLast() }
        return text
    }

    var indentation: Int { prefix { $0 == " " }.count }

    /// Whether the line is nothing but a comment.
    var isComment: Bool { trimmed.hasPrefix("//") }

    /// The code of a line: without its comment and without what stands in quotes.
    var code: String {
        guard !isComment else { return "" }
        var code = ""
        var isQuoted = false
        var before: Character = " "
        for character in self {
            if character == "\"", before != "\\" { isQuoted.toggle() }
            if !isQuoted, character == "/", before == "/" { return String(code.dropLast()) }
            if !isQuoted || character == "\"" { code.append(character) }
            before = character
        }
        return code
    }
}
