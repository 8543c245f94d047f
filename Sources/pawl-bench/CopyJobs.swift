import PawlCore
import PawlLoopback
import PawlTesting
import Synchronization

/// What it costs to promote an image of some size into another registry, beside `skopeo copy` of
/// the same image. Each run copies into a registry that was not there before: skopeo remembers
/// where it has put what.
struct CopyJobs: Sendable {
    /// As many as an application image of a common language has.
    private static let layers = 4
    /// Of each layer; 200 MB together.
    private static let layerBytes = 50_000_000

    let rig: Rig
    let pawl: String

    /// Two registries without authentication, the image in one of them, and all figures.
    func figures(runs: Int) async throws -> [Figure] {
        let image = Self.image()
        let measured = Mutex<[Figure]>([])
        try await withRegistry("source") { source in
            try await rig.client.push(
                image, to: source.url, path: "acme/app", tag: "staging-\(Rig.newer.short)")
            var all: [Figure] = []
            if let skopeo = Files.program("skopeo") {
                all = try await figures(
                    of: Copying(
                        subject: "skopeo copy --all to another registry, 200 MB",
                        command: { skopeoCommand(skopeo, source.host, $0) }), image, runs: runs)
            }
            all += try await figures(
                of: Copying(
                    subject: "pawl promote to another registry, 200 MB",
                    command: { try pawlCommand(source.host, $0) }), image, runs: runs,
                atMost: all.map(\.median))
            let figures = all
            measured.withLock { $0 = figures }
        }
        return measured.withLock { $0 }
    }

    /// One way to copy: the command for a target's host.
    private struct Copying: Sendable {
        let subject: String
        let command: @Sendable (_ target: String) throws -> [String]
    }

    private func figures(
        of copying: Copying, _ image: RegistryImage, runs: Int, atMost: [Double] = []
    ) async throws -> [Figure] {
        let times = Mutex<[Spent]>([])
        let peaks = Mutex<[Double]>([])
        for run in 0...runs {
            try await withRegistry("target") { target in
                let spent = try await time(copying, image, target)
                // The first one warms the caches of the machine.
                if run > 0 { times.withLock { $0.append(spent) } }
            }
            try await withRegistry("target") { target in
                let peak = try await PeakMemory.inMiB(
                    of: try copying.command(target.host), environment: rig.environment,
                    folder: rig.folder)
                try await expect(image, at: "\(target.url)/v2/prod/app")
                if run > 0 { peaks.withLock { $0.append(peak) } }
            }
        }
        let spent = times.withLock { $0 }
        func figure(_ name: String, _ unit: String, _ values: [Double], _ index: Int?) -> Figure {
            Figure(
                name: name, subject: copying.subject, unit: unit, values: values,
                atMost: index.flatMap { atMost.count > $0 ? atMost[$0] : nil })
        }
        return [
            figure("wall", "ms", spent.map(\.wall.inMilliseconds), 0),
            figure("cpu", "ms", spent.map(\.cpu.inMilliseconds), nil),
            figure("peak memory", "MiB", peaks.withLock { $0 }, 2),
        ]
    }

    private func time(
        _ copying: Copying, _ image: RegistryImage, _ target: DistributionServer
    ) async throws -> Spent {
        let command = try copying.command(target.host)
        let child = Child(program: command[0], environment: rig.environment, folder: rig.folder)
        let ended = try await child.run(Array(command.dropFirst()))
        guard ended.status == 0 else {
            throw Bench.Failed("\(copying.subject): \(ended.output)\(ended.diagnostics)")
        }
        try await expect(image, at: "\(target.url)/v2/prod/app")
        return ended.spent
    }

    /// A run that did not copy all of it measured nothing.
    private func expect(_ image: RegistryImage, at address: String) async throws {
        let answer = try await rig.client.send(
            "GET", "\(address)/manifests/latest", headers: [("Accept", image.top.mediaType)])
        var isWhole = answer.body == image.top.bytes
        for blob in image.blobs {
            let look = try await rig.client.send("HEAD", "\(address)/blobs/\(blob.digest)")
            isWhole = isWhole && look.status == 200
        }
        guard isWhole else { throw Bench.Failed("\(address) does not have the whole image") }
    }

    private func skopeoCommand(
        _ program: String, _ source: String, _ target: String
    ) -> [String] {
        [
            program, "copy", "--all", "--quiet", "--insecure-policy", "--preserve-digests",
            "--src-tls-verify=false", "--dest-tls-verify=false",
            "docker://\(source)/acme/app:staging-\(Rig.newer.short)",
            "docker://\(target)/prod/app:latest",
        ]
    }

    private func pawlCommand(_ source: String, _ target: String) throws -> [String] {
        let file = "\(rig.folder)/copy.yaml"
        let policy = """
            version: 1
            repository: \(Rig.repository)
            branch: main
            channels:
              latest:
                images: [{image: "\(target)/prod/app", source: "\(source)/acme/app"}]
                from: "staging-{short_sha}"
                build: publish-image.yml
                gates:
                  - workflow: e2e.yml

            """
        try Files.write(policy, to: file)
        return [pawl, "promote", Rig.newer.hex, "--config", file, "--json"]
    }

    /// A registry in a folder of its own, as most are: one in memory would measure its copying.
    private func withRegistry(
        _ name: String, _ body: @escaping @Sendable (DistributionServer) async throws -> Void
    ) async throws {
        try await DistributionServer.withFolder { folder in
            try await DistributionServer.run(in: folder, storage: "\(folder)/\(name)", body)
        }
    }

    private static func image() -> RegistryImage {
        var builder = RegistryImageBuilder.single(of: Rig.newer.hex)
        builder.bulk = (0..<layers).map { noise(layerBytes, seed: UInt64($0 + 1)) }
        return builder.build()
    }

    /// Bytes that nothing can compress; the same ones in each run (xorshift64).
    private static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var state = seed &* 0x9E37_79B9_7F4A_7C15
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            for index in 0..<count {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                buffer.initializeElement(at: index, to: UInt8(truncatingIfNeeded: state))
            }
            initialized = count
        }
    }
}
