import FoundationEssentials
import PawlCore
import PawlLoopback
import SystemPackage

/// What the stories are played on: a registry inside this program, a repository in a temporary
/// folder, and a policy.
struct Stage: Sendable {
    static let images = ["app", "worker"]

    let registry: LoopbackRegistry
    let programs: Programs

    static func set() async throws -> Stage {
        let folder = FilePath("/tmp/pawl-demo-\(UInt64.random(in: .min ... .max))")
        try FileManager.default.createDirectory(
            atPath: folder.string, withIntermediateDirectories: false)
        let programs = Programs(folder: folder)
        try await programs.git("init", "--quiet", "--initial-branch=main")
        let stage = Stage(registry: try await LoopbackRegistry.start(), programs: programs)
        try stage.writePolicy()
        return stage
    }

    /// Ends the registry and removes the folder.
    func clear() async {
        await registry.stop()
        try? FileManager.default.removeItem(atPath: programs.folder.string)
    }

    /// A commit, and its images where the build made them.
    func commit(_ subject: String, images: [String] = Stage.images) async throws -> CommitID {
        try await programs.git("commit", "--quiet", "--allow-empty", "-m", subject)
        let commit = try CommitID(try await programs.git("rev-parse", "HEAD"))
        for name in images {
            var image = RegistryImageBuilder.index(of: commit.hex)
            image.seed = name
            registry.store.add(
                image.build(), to: "acme/\(name)", tag: "staging-\(commit.short)")
        }
        return commit
    }

    /// What a run that was killed after its first write leaves behind.
    func moveOnlyFirstImage(to commit: CommitID) {
        let path = "acme/\(Self.images[0])"
        guard let digest = registry.store.digest(of: "staging-\(commit.short)", in: path) else {
            return
        }
        registry.store.tag(digest, as: "latest", in: path)
    }

    /// Which of these commits each image's `latest` is at.
    func live(among commits: [CommitID]) -> [CommitID?] {
        Self.images.map { name in
            let path = "acme/\(name)"
            let digest = registry.store.digest(of: "latest", in: path)
            return commits.first {
                digest != nil
                    && registry.store.digest(of: "staging-\($0.short)", in: path) == digest
            }
        }
    }

    /// The policy, with a ledger if one is named.
    func writePolicy(ledger: String? = nil) throws {
        let images = Self.images.map { "\(registry.host)/acme/\($0)" }
        let text = """
            version: 1
            host: git
            branch: main
            \(ledger.map { "ledger: \($0)" } ?? "")
            channels:
              latest:
                images: ["\(images.joined(separator: "\", \""))"]
                from: "staging-{short_sha}"
                gates:
                  - workflow: e2e.yml
                    absent: hold

            """
        let path = programs.folder.appending("pawl.yaml").string
        try Data(text.utf8).write(to: URL(filePath: path))
    }
}
