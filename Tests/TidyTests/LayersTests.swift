import Testing

/// The layering of the package, which docs/ARCHITECTURE.md shows to people: what each module may
/// know of the others. An arrow never points up, and adapters know neither the engine nor each
/// other.
let layers: [String: Set<String>] = [
    "PawlCore": [],
    "PawlPorts": ["PawlCore"],
    "PawlEngine": ["PawlCore", "PawlPorts"],
    "PawlServer": ["PawlCore", "PawlPorts", "PawlEngine"],
    "PawlTesting": ["PawlCore", "PawlPorts", "PawlEngine"],
    "PawlSimulator": ["PawlCore", "PawlPorts", "PawlEngine", "PawlTesting"],
    "pawl-sim": ["PawlSimulator"],
    "PawlReport": ["PawlCore", "PawlPorts", "PawlEngine"],
    "PawlActions": ["PawlCore", "PawlPorts", "PawlEngine", "PawlReport"],
    "PawlYAML": [],
    "PawlPolicyFile": ["PawlCore", "PawlYAML"],
    "PawlWorkflowFile": ["PawlCore", "PawlYAML"],
    "PawlHTTP": ["PawlCore", "PawlPorts"],
    "PawlImages": ["PawlCore", "PawlPorts"],
    "PawlRegistry": ["PawlCore", "PawlPorts", "PawlHTTP", "PawlImages"],
    "PawlLayout": ["PawlCore", "PawlPorts", "PawlImages"],
    "PawlGitHub": ["PawlCore", "PawlPorts", "PawlHTTP"],
    "PawlGit": ["PawlCore", "PawlPorts"],
    "PawlHooks": ["PawlCore", "PawlPorts", "PawlHTTP"],
    "PawlSQLite": ["PawlCore", "PawlPorts"],
    "PawlWeb": [
        "PawlCore", "PawlPorts", "PawlEngine", "PawlReport", "PawlActions", "PawlServer",
    ],
    "PawlInit": ["PawlCore", "PawlWorkflowFile", "PawlYAML"],
    "PawlLoopback": ["PawlCore"],
    "pawl": [
        "PawlCore", "PawlPorts", "PawlEngine", "PawlReport", "PawlActions", "PawlPolicyFile",
        "PawlWorkflowFile", "PawlHTTP", "PawlImages", "PawlRegistry", "PawlLayout", "PawlGitHub",
        "PawlGit", "PawlSQLite", "PawlHooks", "PawlServer", "PawlWeb", "PawlInit",
    ],
    "pawl-demo": ["PawlCore", "PawlLoopback"],
    "pawl-bench": [
        "PawlCore", "PawlPorts", "PawlTesting", "PawlPolicyFile", "PawlSQLite", "PawlLoopback",
    ],
    "PawlFuzz": [
        "PawlCore", "PawlPorts", "PawlEngine", "PawlReport", "PawlActions", "PawlPolicyFile",
        "PawlWorkflowFile", "PawlHTTP", "PawlImages", "PawlRegistry", "PawlGitHub",
    ],
    "pawl-fuzz": ["PawlFuzz"],
]

@Suite("Layers")
struct LayersTests {
    /// Modules below the adapters: no clock, no chance, no Foundation of any kind.
    static let light: Set<String> = [
        "PawlCore", "PawlPorts", "PawlEngine", "PawlServer", "PawlTesting", "PawlSimulator",
    ]
    static let words: Set<String> = ["PawlReport"]
    /// Modules whose calls block, and have a queue of their own for it.
    static let queues: Set<String> = ["PawlSQLite"]

    private struct Import {
        let file: Tree.File
        let line: Int
        let module: String
    }

    private func imports(of files: [Tree.File]) -> [Import] {
        files.flatMap { file in
            file.lines.enumerated().compactMap { index, line in
                let parts = line.split(separator: " ")
                guard !line.isComment, let at = parts.firstIndex(of: "import"), at < 3,
                    parts[..<at].allSatisfy({ "package internal @testable".contains($0) }),
                    let module = parts[(at + 1)...].last
                else { return nil }
                return Import(
                    file: file, line: index + 1,
                    module: module.split(separator: ".").first.map(String.init) ?? "")
            }
        }
    }

    @Test("a module imports only what its layer may know and its target names")
    func sources() {
        let manifest = Manifest()
        for found in imports(of: Tree.sources) {
            let target = found.file.target
            var allowed = layers[target] ?? []
            allowed.formUnion((manifest.dependencies[target] ?? []).subtracting(layers.keys))
            allowed.insert("Synchronization")
            if !Self.light.contains(target) {
                allowed.formUnion(["FoundationEssentials", "Glibc", "Musl", "Darwin"])
            }
            if Self.queues.contains(target) { allowed.insert("Dispatch") }
            #expect(
                allowed.contains(found.module),
                "\(found.file.place(found.line, "\(target) must not import \(found.module)"))")
        }
    }

    @Test("the manifest's arrows between modules are the table's")
    func arrows() {
        let manifest = Manifest()
        for (target, dependencies) in manifest.dependencies where !target.hasSuffix("Tests") {
            let own = dependencies.intersection(layers.keys)
            #expect(own == layers[target], "Package.swift: \(target) depends on \(own.sorted())")
        }
        #expect(Set(layers.keys).isSubset(of: manifest.dependencies.keys))
    }

    @Test("the table has no circle, and every module of Sources stands in it")
    func table() {
        var done: Set<String> = []
        var isGrowing = true
        while isGrowing {
            let next = layers.filter { !done.contains($0.key) && $0.value.isSubset(of: done) }
            done.formUnion(next.keys)
            isGrowing = !next.isEmpty
        }
        #expect(done == Set(layers.keys))
        #expect(Set(Tree.sources.map(\.target)).isSubset(of: layers.keys))
        #expect(Tree.sources.count > 40)
    }

    @Test("a test imports only what its target names")
    func tests() {
        let manifest = Manifest()
        let usual: Set<String> = [
            "Testing", "Synchronization", "FoundationEssentials", "Glibc", "Musl",
            "Darwin",
        ]
        for found in imports(of: Tree.tests) {
            let allowed = (manifest.dependencies[found.file.target] ?? []).union(usual)
            #expect(
                allowed.contains(found.module),
                "\(found.file.place(found.line, "imports \(found.module)"))")
        }
    }

    @Test("Foundation itself is imported nowhere in Sources: it brings ICU along")
    func foundation() {
        for found in imports(of: Tree.sources) {
            #expect(
                !["Foundation", "FoundationNetworking"].contains(found.module),
                "\(found.file.place(found.line, "import FoundationEssentials instead"))")
        }
    }
}

/// What Package.swift says that each target depends on: names of modules.
struct Manifest {
    let dependencies: [String: Set<String>]

    init() {
        let text = Tree.file("Package.swift")?.text ?? ""
        let lines = text.split(separator: "\n")
        // `let nioCore = Target.Dependency.product(name: "NIOCore", …`, perhaps over two lines.
        var products: [String: String] = [:]
        for (index, line) in lines.enumerated() where line.contains("Target.Dependency.product(") {
            let name = line.split(separator: " ").dropFirst().first.map(String.init) ?? ""
            let rest = ([line] + lines.dropFirst(index + 1).prefix(1)).joined()
            let quoted = rest.split(separator: "\"", omittingEmptySubsequences: false)
            if quoted.count > 1 { products[name] = String(quoted[1]) }
        }
        var found: [String: Set<String>] = [:]
        for line in Self.calls(in: text) {
            let quoted = line.split(separator: "\"", omittingEmptySubsequences: false)
            guard quoted.count > 1 else { continue }
            let list = line.drop { $0 != "[" }
            let words = list.split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
            found[String(quoted[1])] = Set(words.map { products[String($0)] ?? String($0) })
        }
        dependencies = found
    }

    /// The text of each `layer(…)`, `program(…)`, `fuzzer(…)` and `tests(…)` that makes a target.
    private static func calls(in text: String) -> [String] {
        var calls: [String] = []
        for word in ["layer", "program", "fuzzer", "tests"] {
            for part in text.split(separator: "    \(word)(", omittingEmptySubsequences: false)
                .dropFirst()
            {
                var depth = 1
                let call = part.prefix { character in
                    if character == "(" { depth += 1 }
                    if character == ")" { depth -= 1 }
                    return depth > 0
                }
                calls.append(String(call))
            }
        }
        return calls
    }
}
