import FoundationEssentials
import Testing

@Suite("Files for operating the server")
struct OperationsTests {
    private static let page = "docs/guide/operations.md"

    /// Names of metrics in a text; a histogram's parts count as the histogram.
    private func metrics(in text: String) -> Set<String> {
        let words = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")) }
        let names = words.filter { $0.hasPrefix("pawl_") }.map { word in
            let part = ["_bucket", "_count", "_sum"].first { word.hasSuffix($0) } ?? ""
            return String(word.dropLast(part.count))
        }
        return Set(names)
    }

    /// Every metric that the code can tell: whole string literals of the server's modules.
    private var exposed: Set<String> {
        let files = Tree.sources.filter { ["PawlServer", "PawlWeb"].contains($0.target) }
        let literals = files.flatMap { $0.text.split(separator: "\"") }
        return Set(
            literals.map(String.init).filter { literal in
                literal.hasPrefix("pawl_")
                    && literal.allSatisfy { $0.isASCII && ($0.isLetter || $0 == "_") }
                    && metrics(in: literal).count == 1
            })
    }

    private var named: Set<String> {
        let files = Tree.files(under: "ops", endingIn: [".json", ".yaml"])
        return files.reduce(into: []) { $0.formUnion(metrics(in: $1.text)) }
    }

    @Test("every metric of an alert or a dashboard is described, and one that the code tells")
    func namedMetrics() {
        let described = metrics(in: Tree.file(Self.page)?.text ?? "")
        #expect(named.count > 10)
        #expect(named.subtracting(described) == [], "describe it in \(Self.page)")
        // Without the server's metrics in the tree there is nothing to compare with.
        if exposed.contains("pawl_promotions_total") {
            #expect(named.subtracting(exposed) == [], "the code does not tell it")
        }
    }

    @Test("every metric that the code tells is described")
    func exposedMetrics() {
        let described = metrics(in: Tree.file(Self.page)?.text ?? "")
        #expect(exposed.subtracting(described) == [], "describe it in \(Self.page)")
    }

    @Test("the dashboard is JSON")
    func dashboard() throws {
        struct Dashboard: Decodable {
            struct Panel: Decodable { let title: String }
            let panels: [Panel]
        }
        let text = Tree.file("ops/grafana/pawl.json")?.text ?? ""
        let read = try JSONDecoder().decode(Dashboard.self, from: Data(text.utf8))
        #expect(Set(read.panels.map(\.title)).count == read.panels.count)
    }
}
