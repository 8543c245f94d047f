package import PawlCore
package import PawlPorts
import Synchronization

/// Registries in memory: images as values, and a dial for each thing that a real registry does
/// wrong. All hosts are served by the one object.
package final class MemoryRegistry: Registry {
    /// What was asked of it, in the order of arrival.
    package enum Call: Hashable, Sendable {
        case digest(ImageReference)
        case pin(ImageReference)
        case revision(Digest, Repository, Platforms)
        case preparePush([Repository])
        case put(Digest, ImageReference)

        /// The kinds of questions, for counts and faults.
        package enum Kind: Hashable, Sendable, CaseIterable {
            case digest, pin, revision, preparePush, put
        }

        /// Which kind it is.
        package var kind: Kind {
            switch self {
            case .digest: .digest
            case .pin: .pin
            case .revision: .revision
            case .preparePush: .preparePush
            case .put: .put
            }
        }

        /// The repositories that it is about; several only for `preparePush`.
        package var repositories: [Repository] {
            switch self {
            case .digest(let image), .pin(let image), .put(_, let image): [image.repository]
            case .revision(_, let repository, _): [repository]
            case .preparePush(let repositories): repositories
            }
        }

        /// The tag that it is about, if it is about one.
        package var tag: Tag? {
            switch self {
            case .digest(let image), .pin(let image), .put(_, let image): image.tag
            case .revision, .preparePush: nil
            }
        }
    }

    /// A failure waiting for the calls that it fits.
    struct Fault: Sendable {
        let kinds: [Call.Kind]
        let repository: Repository
        let tag: Tag?
        let code: PortFailure.Code
        let takesEffect: Bool
        var remaining: Int

        func fits(_ call: Call) -> Bool {
            remaining > 0 && kinds.contains(call.kind) && call.repositories.contains(repository)
                && (tag == nil || tag == call.tag)
        }
    }

    struct State: Sendable {
        var content: [Repository: [Digest: Revision]] = [:]
        var tags: [ImageReference: Digest] = [:]
        var before: [ImageReference: Digest] = [:]
        var staleReads: [ImageReference: Int] = [:]
        var lateReads: [ImageReference: Int] = [:]
        var faults: [Fault] = []
        var calls: [Call] = []
        var hook: (@Sendable (Call) async -> Void)?
    }

    let state = Mutex(State())

    /// Registries without an image.
    package init() {}

    /// Everything that was asked so far.
    package var calls: [Call] { state.withLock { $0.calls } }

    /// How often a kind of question was asked.
    package func count(_ kind: Call.Kind) -> Int { calls.count { $0.kind == kind } }

    /// The tags that were written, in order.
    package var writes: [ImageReference] {
        calls.compactMap { if case .put(_, let image) = $0 { image } else { nil } }
    }

    package func digest(of image: ImageReference) async throws(PortFailure) -> Digest? {
        try await arrive(.digest(image))
        return read(image)
    }

    package func pin(_ image: ImageReference) async throws(PortFailure) -> Digest? {
        try await arrive(.pin(image))
        return read(image)
    }

    package func revision(
        of digest: Digest, in repository: Repository, label: String, platforms: Platforms
    ) async throws(PortFailure) -> Revision {
        try await arrive(.revision(digest, repository, platforms))
        guard let revision = state.withLock({ $0.content[repository]?[digest] }) else {
            throw missing(digest, in: repository)
        }
        if platforms == .first, case .disagrees(let all) = revision, let first = all.first {
            return .says(first)
        }
        return revision
    }

    package func preparePush(to repositories: [Repository]) async throws(PortFailure) {
        try await arrive(.preparePush(repositories))
    }

    package func put(
        _ digest: Digest, from source: Repository, at target: ImageReference
    ) async throws(PortFailure) {
        let lostAnswer = try await arrive(.put(digest, target))
        guard let revision = state.withLock({ $0.content[source]?[digest] }) else {
            throw missing(digest, in: source)
        }
        publish(digest, revision, at: target)
        if let lostAnswer { throw lostAnswer }
    }

    /// Notes the call, lets the hook act, and throws if a fault fits. The answer is the failure to
    /// throw after the effect.
    @discardableResult
    private func arrive(_ call: Call) async throws(PortFailure) -> PortFailure? {
        let hook = state.withLock { state in
            state.calls.append(call)
            return state.hook
        }
        await hook?(call)
        let fault: Fault? = state.withLock { state in
            guard let index = state.faults.firstIndex(where: { $0.fits(call) }) else { return nil }
            state.faults[index].remaining -= 1
            return state.faults[index]
        }
        guard let fault else { return nil }
        let failure = PortFailure(
            code: fault.code, subject: "\(fault.repository)",
            detail: "the registry answered \(fault.code.rawValue)")
        guard fault.takesEffect else { throw failure }
        return failure
    }

    private func read(_ image: ImageReference) -> Digest? {
        state.withLock { state in
            if image.tag == nil, let digest = image.digest {
                return state.content[image.repository]?[digest] == nil ? nil : digest
            }
            if let late = state.lateReads[image], late > 0 {
                state.lateReads[image] = late - 1
                return nil
            }
            if let stale = state.staleReads[image], stale > 0 {
                state.staleReads[image] = stale - 1
                return state.before[image]
            }
            return state.tags[image]
        }
    }

    private func missing(_ digest: Digest, in repository: Repository) -> PortFailure {
        PortFailure(
            code: .missing, subject: "\(repository)@\(digest.short)",
            detail: "there is no such manifest")
    }
}
