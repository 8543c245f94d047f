package import PawlCore
import Synchronization

// What a test says about the registry before or while it is asked.

extension MemoryRegistry {
    /// Puts an image under a tag, as somebody who pushes does.
    package func publish(_ digest: Digest, _ revision: Revision, at image: ImageReference) {
        state.withLock { state in
            state.content[image.repository, default: [:]][digest] = revision
            state.before[image] = state.tags[image]
            state.tags[image] = digest
        }
    }

    /// Takes a tag away.
    package func remove(_ image: ImageReference) {
        state.withLock { $0.tags[image] = nil }
    }

    /// A manifest is collected as garbage; tags that had it have it still by name.
    package func forget(_ digest: Digest, in repository: Repository) {
        state.withLock { $0.content[repository]?[digest] = nil }
    }

    /// The digest that a tag has in truth, without asking.
    package func current(_ image: ImageReference) -> Digest? {
        state.withLock { $0.tags[image] }
    }

    /// The commit that a tag's image says in truth, without asking.
    package func currentRevision(_ image: ImageReference) -> Revision? {
        state.withLock { state in
            state.tags[image].flatMap { state.content[image.repository]?[$0] }
        }
    }

    /// These calls about a repository, or one tag of it, fail; for ever unless `times` is given.
    package func fail(
        _ kinds: [Call.Kind], _ repository: Repository, tag: Tag? = nil,
        with code: PortFailure.Code, times: Int = .max
    ) {
        state.withLock {
            $0.faults.append(
                Fault(
                    kinds: kinds, repository: repository, tag: tag, code: code,
                    takesEffect: false, remaining: times))
        }
    }

    /// A tag cannot be read.
    package func unreadable(_ image: ImageReference, _ code: PortFailure.Code = .serverFailed) {
        fail([.digest, .pin], image.repository, tag: image.tag, with: code)
    }

    /// The next writes to a repository happen, and their answers are lost.
    package func loseAnswers(of repository: Repository, times: Int = 1) {
        state.withLock {
            $0.faults.append(
                Fault(
                    kinds: [.put], repository: repository, tag: nil, code: .timedOut,
                    takesEffect: true, remaining: times))
        }
    }

    /// Every fault is over.
    package func recover() {
        state.withLock { $0.faults = [] }
    }

    /// The next reads of a tag show what it was before its last move.
    package func lag(_ image: ImageReference, reads: Int) {
        state.withLock { $0.staleReads[image] = reads }
    }

    /// The next reads of a tag say that it is not there.
    package func delay(_ image: ImageReference, reads: Int) {
        state.withLock { $0.lateReads[image] = reads }
    }

    /// Called before each call has its effect, outside of every lock: "somebody else moves the tag
    /// between the look and the write".
    package func before(_ hook: (@Sendable (Call) async -> Void)?) {
        state.withLock { $0.hook = hook }
    }
}
