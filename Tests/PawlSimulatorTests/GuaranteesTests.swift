import FoundationEssentials
import PawlSimulator
import Testing

@Suite("What is promised is what is checked")
struct GuaranteesTests {
    private func page() throws -> String {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
            .joined(separator: "/")
        let bytes = try #require(FileManager.default.contents(atPath: "\(root)/docs/GUARANTEES.md"))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A page's words under a heading of the third level, in one line.
    private func section(_ name: String, of page: String) throws -> String {
        let rest = try #require(page.ranges(of: "\n### \(name)\n").first)
        let below = page[rest.upperBound...]
        let end = below.ranges(of: "\n#").first?.lowerBound ?? below.endIndex
        return below[..<end].split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    @Test("each checker's words and excuses are the page's, and the page has no others")
    func words() throws {
        let page = try page()
        for promise in Promise.allCases {
            let due = promise.words + promise.excuses.map { "- \($0)" }
            let found = try section(promise.rawValue, of: page)
            #expect(!promise.excuses.isEmpty)
            #expect(found == due.joined(separator: " "), "\(promise.rawValue)")
        }
        #expect(page.ranges(of: "\n### ").count == Promise.allCases.count)
    }
}
