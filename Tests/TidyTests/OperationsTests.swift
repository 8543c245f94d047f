import FoundationEssentials
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

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

    // MARK: By the tools that read these files

    /// What a shell line printed where it failed; `nil` if it went well or the tool is not here.
    private func complaint(of tool: String, _ line: String) -> String? {
        guard system("command -v \(tool) >/dev/null 2>&1") == 0 else {
            print("left out: \(tool) is not here")
            return nil
        }
        let folder = FileManager.default.temporaryDirectory.path + "/pawl-ops-\(UUID().uuidString)"
        let status = system(
            "mkdir '\(folder)' && cd '\(Tree.root)' && folder='\(folder)' && { \(line); } "
                + ">'\(folder)/told' 2>&1")
        defer { _ = system("rm -rf '\(folder)'") }
        guard status != 0 else { return nil }
        let told = FileManager.default.contents(atPath: "\(folder)/told") ?? Data()
        return "\(tool): " + String(decoding: told, as: UTF8.self)
    }

    @Test("promtool takes the alert rules, and each fires when it should and not before")
    func alerts() {
        let folder = "ops/prometheus"
        #expect(
            complaint(
                of: "promtool",
                "promtool check rules \(folder)/pawl.rules.yaml && "
                    + "promtool test rules \(folder)/pawl.rules.test.yaml") == nil)
    }

    @Test("every alert has a test")
    func alertsAreTested() {
        let rules = Tree.file("ops/prometheus/pawl.rules.yaml")?.text ?? ""
        let tests = Tree.file("ops/prometheus/pawl.rules.test.yaml")?.text ?? ""
        let names = rules.split(separator: "\n").compactMap { line in
            line.split(separator: "alert: ").dropFirst().first
        }
        #expect(names.count >= 7)
        for name in names {
            #expect(tests.contains("alertname: \(name)\n"), "\(name)")
            #expect(tests.contains("alertname: \(name), exp_alerts: []"), "\(name)")
        }
    }

    @Test("systemd takes the unit")
    func unit() {
        #expect(
            complaint(
                of: "systemd-analyze",
                "sed s,/usr/local/bin/pawl,/bin/true, ops/systemd/pawl.service "
                    + ">$folder/pawl.service && systemd-analyze verify $folder/pawl.service "
                    + ">$folder/words 2>&1; cat $folder/words; "
                    + "! grep -q pawl.service $folder/words") == nil)
    }

    @Test("kubectl reads the manifests")
    func manifests() {
        #expect(
            complaint(
                of: "kubectl",
                "cp ops/kubernetes/pawl.yaml $folder && "
                    + "echo 'resources: [pawl.yaml]' >$folder/kustomization.yaml && "
                    + "kubectl kustomize $folder >$folder/built && cat $folder/built && "
                    + "test $(grep -c ^kind: $folder/built) = 4") == nil)
    }

    @Test("the image is built from what is in the tree, by pinned names, and runs as nobody's root")
    func image() {
        let lines = (Tree.file("ops/Dockerfile")?.lines ?? []).map(String.init)
        let bases = lines.filter { $0.hasPrefix("FROM ") }
        #expect(bases.count == 2)
        #expect(bases.allSatisfy { $0.contains(":") && !$0.contains(":latest") })
        #expect(lines.contains { $0.hasPrefix("HEALTHCHECK ") && $0.contains("/healthz") })
        let users = lines.filter { $0.hasPrefix("USER ") }
        #expect(users == ["USER 10001:10001"])
        #expect(Tree.file("Makefile")?.text.contains("\nrelease:") == true)
        let left = Tree.file("ops/Dockerfile.dockerignore")?.lines ?? []
        #expect(left.contains(".build*") && left.contains(".git"))
    }
}
