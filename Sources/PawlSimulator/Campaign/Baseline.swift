import PawlCore
import PawlEngine
import PawlPorts

extension World {
    /// A model of the workflow that many repositories have instead of Pawl: started by the success
    /// of the build or of the gate, one run at a time for each commit. It looks the gate up and
    /// takes a failed look for "none", and none for a pass; it compares the commit with the first
    /// image's alone, and then writes one tag after the other. Nothing ever looks again.
    package static let workflow: Design = { world, errand, order in
        guard case .event(let run) = order, run.state == .success, run.decoy == nil else {
            return nil
        }
        let job = WorkflowJob(
            slot: run.slot, upstream: run.workflow,
            host: StagedHost(world: world, errand: errand),
            registry: StagedRegistry(world: world, errand: errand), world: world)
        await job.run()
        return nil
    }
}

/// One run of that workflow.
private struct WorkflowJob: Sendable {
    let slot: Slot
    let upstream: Workflow
    let host: StagedHost
    let registry: StagedRegistry
    let world: World
    private var commit: CommitID { world.names.commits[slot] }
    private var images: [Channel.Image] { world.channel.images }

    /// How often `crane tag` tries.
    private static let attempts = 3

    init(
        slot: Slot, upstream: Workflow, host: StagedHost, registry: StagedRegistry, world: World
    ) {
        self.slot = slot
        self.upstream = upstream
        self.host = host
        self.registry = registry
        self.world = world
    }

    func run() async {
        guard upstream != .lint, await gateLetsPass() else { return }
        var digests: [Digest] = []
        for image in images {
            guard let digest = await digest(of: source(image)) else { return }
            digests.append(digest)
        }
        guard await isNotBackward() else { return }
        for (image, digest) in zip(images, digests) {
            guard await tag(digest, image) else { return }
        }
    }

    /// `gh run list … || echo "none/none"`, and none means that a path filter left the commit out.
    private func gateLetsPass() async -> Bool {
        guard upstream == .publish else { return true }
        let runs = (try? await host.runs(at: commit)) ?? []
        let gate = runs.filter {
            $0.path.hasSuffix(Workflow.e2e.fileName) && $0.branch == "main"
        }.max { $1.isNewer(than: $0) }
        return gate.map { $0.state == .success } ?? true
    }

    private func source(_ image: Channel.Image) -> ImageReference? {
        (try? world.channel.from.tag(for: commit)).map { ImageReference(image.source, $0) }
    }

    private func digest(of reference: ImageReference?) async -> Digest? {
        guard let reference else { return nil }
        return (try? await registry.digest(of: reference)) ?? nil
    }

    /// The first image's label against the candidate; without a label it is let through.
    private func isNotBackward() async -> Bool {
        guard let first = images.first,
            let digest = await digest(of: ImageReference(first.target, world.channel.to)),
            let revision = try? await registry.revision(
                of: digest, in: first.target, label: "", platforms: .first),
            case .says(let hex) = revision, let live = try? CommitID(hex)
        else { return true }
        guard live != commit else { return true }
        let ancestry = try? await host.ancestry(of: commit, from: live)
        return ancestry == .ahead || ancestry == .identical
    }

    private func tag(_ digest: Digest, _ image: Channel.Image) async -> Bool {
        for _ in 0..<Self.attempts {
            do throws(PortFailure) {
                try await registry.put(
                    digest, from: image.source, at: ImageReference(image.target, world.channel.to))
                return true
            } catch {
                continue
            }
        }
        return false
    }
}
