import PawlCore
import PawlPorts

/// The registry of a world, as one errand reaches it.
struct StagedRegistry: Registry {
    let world: World
    let errand: Errand

    func digest(of image: ImageReference) async throws(PortFailure) -> Digest? {
        if let digest = image.digest { return try await content(digest) }
        guard let place = world.names.place(of: image) else { throw World.failure(.unsupported) }
        let artifact = try await tag(place)
        return artifact.map { world.names.digest(of: $0) }
    }

    func pin(_ image: ImageReference) async throws(PortFailure) -> Digest? {
        try await digest(of: image)
    }

    private func content(_ digest: Digest) async throws(PortFailure) -> Digest? {
        guard let artifact = world.names.artifact(of: digest) else { return nil }
        return try await world.call(.content(artifact), of: errand) { state, _ in
            (.success(state.trace.truth.hasContent(of: artifact) ? digest : nil), nil)
        }
    }

    private func tag(_ place: Names.Place) async throws(PortFailure) -> Artifact? {
        switch place {
        case .target(let image):
            try await world.call(.target(image: image), of: errand) { state, asOf in
                let artifact = state.trace.truth.targets[image].value(asOf: asOf) ?? nil
                return (.success(artifact), artifact)
            }
        case .source(let image, let shelf):
            try await world.call(.source(image: image, shelf: shelf), of: errand) { state, asOf in
                let source = state.trace.truth.source(image: image, shelf: shelf)
                let artifact = source.value(asOf: asOf) ?? nil
                return (.success(artifact), artifact)
            }
        }
    }

    func revision(
        of digest: Digest, in repository: Repository, label: String, platforms: Platforms
    ) async throws(PortFailure) -> Revision {
        guard let artifact = world.names.artifact(of: digest) else {
            throw World.failure(.missing)
        }
        let revision = world.names.revision(of: artifact)
        return try await world.call(.revision(artifact), of: errand) { state, _ in
            guard state.trace.truth.hasContent(of: artifact) else {
                return (.failure(World.failure(.missing)), nil)
            }
            if platforms == .first, case .disagrees(let all) = revision, let first = all.first {
                return (.success(.says(first)), artifact)
            }
            return (.success(revision), artifact)
        }
    }

    func preparePush(to repositories: [Repository]) async throws(PortFailure) {
        try await world.call(.pushRights, of: errand) { _, _ in (.success(()), nil) }
    }

    func put(
        _ digest: Digest, from source: Repository, at target: ImageReference
    ) async throws(PortFailure) {
        guard let artifact = world.names.artifact(of: digest) else {
            throw World.failure(.missing)
        }
        guard case .target(artifact.image)? = world.names.place(of: target) else {
            throw World.failure(.unsupported)
        }
        let (errand, stage) = (errand, world.stage)
        try await world.call(.write(artifact), of: errand) {
            (state, _) -> (Result<Void, PortFailure>, Artifact?) in
            if state.trace.truth.frozen[artifact.image].last == true {
                return (.failure(World.failure(.immutable)), nil)
            }
            guard state.trace.truth.hasContent(of: artifact) else {
                return (.failure(World.failure(.missing)), nil)
            }
            state.trace.add(.landed(errand, artifact), at: stage.now)
            return (.success(()), nil)
        }
    }
}
