import PawlCore
import Testing

@Suite("Documents")
struct DocumentsTests {
    /// Lines outside of fenced code, with their numbers.
    private func prose(_ file: Tree.File) -> [(Int, Substring)] {
        var isCode = false
        return file.lines.enumerated().compactMap { index, line in
            if line.trimmed.hasPrefix("```") {
                isCode.toggle()
                return nil
            }
            return isCode ? nil : (index + 1, line)
        }
    }

    @Test("each has one title")
    func titles() {
        for file in Tree.documents {
            let titles = prose(file).filter { $0.1.hasPrefix("# ") }
            #expect(titles.count == 1, "\(file.path) has \(titles.count) titles")
        }
        #expect(Tree.documents.contains { $0.path == "README.md" })
    }

    @Test("every link to a file of the package leads there")
    func links() {
        for file in Tree.documents {
            let folder = file.path.split(separator: "/").dropLast()
            for (number, line) in prose(file) {
                for part in line.split(separator: "](", omittingEmptySubsequences: false)
                    .dropFirst()
                {
                    let target = part.prefix { $0 != ")" && $0 != "#" && $0 != " " }
                    guard !target.isEmpty, !target.contains(":") else { continue }
                    #expect(
                        Tree.isThere(resolve(target, from: folder.map(String.init))),
                        "\(file.place(number, String(target)))")
                }
            }
        }
    }

    private func resolve(_ link: Substring, from folder: [String]) -> String {
        var parts = link.hasPrefix("/") ? [] : folder
        for part in link.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(String(part)) }
        }
        return parts.joined(separator: "/")
    }

    @Test("the server's page names every metric, with what it says")
    func metrics() {
        guard let page = Tree.file("docs/guide/server.md"),
            let code = Tree.file("Sources/PawlServer/Metric.swift")
        else {
            Issue.record("the page or the code is not there")
            return
        }
        func quoted(_ marker: String) -> [Substring] {
            code.lines.filter { $0.trimmed.hasPrefix("case ") && $0.contains(marker) }.compactMap {
                $0.split(separator: "\"").dropFirst().first
            }
        }
        let names = quoted(" = \"pawl_")
        #expect(names.count > 20)
        for name in names { #expect(page.text.contains("| `\(name)` |"), "\(name)") }
        for help in quoted(": \"") { #expect(page.text.contains(help), "\(help)") }
    }

    @Test("the page of reason codes is what the code says")
    func reasons() {
        guard let page = Tree.file("docs/reference/reasons.md") else { return }
        #expect(page.text == ReasonCode.referencePage, "make docs writes it again")
    }
}
