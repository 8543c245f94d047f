package import PawlCore
import PawlHTTP
package import PawlImages
import PawlPorts
import Synchronization

extension OCIRegistry {
    /// Moves a tag to a manifest whose parts are all there: the bytes and the type that it was
    /// fetched with.
    package func put(
        _ manifest: Manifest, at target: ImageReference
    ) async throws(PortFailure) {
        let (repository, digest) = (target.repository, manifest.digest)
        let errors = try errors(target, .write)
        let reference = target.tag?.text ?? "\(digest)"
        let request = Request(
            .put, endpoint(of: repository).manifest(reference, of: repository),
            headers: [("Content-Type", manifest.mediaType)], body: manifest.bytes,
            answerBytesMax: Limits.manifestBytesMax, isRepeatable: false)
        pinned.withLock { $0[Pin(repository: repository, digest: digest)] = manifest }
        let before = seen.withLock { $0[target] }
        for attempt in 1...Limits.attemptsMax {
            switch try await write(request, digest, at: target, errors) {
            case .done:
                _ = noted(digest, at: target)
                return
            case .taken(let isNamed):
                try await confirm(
                    digest, at: target, before: before, isNamed: isNamed, errors)
                return
            case .unknown(let failure):
                // The look comes after the pause: what it sees is what is written over.
                guard attempt < Limits.attemptsMax else { throw failure }
                try await pause(attempt, errors)
                let isDone = try await look(
                    after: failure, at: target, wanted: digest, before: before)
                if isDone { return }
            }
        }
    }

    private enum Outcome {
        /// The tag was seen at the digest.
        case done
        /// The registry took it; whether its answer named the digest.
        case taken(isNamed: Bool)
        /// It may have been applied.
        case unknown(PortFailure)
    }

    private func write(
        _ request: Request, _ digest: Digest, at target: ImageReference, _ errors: RegistryErrors
    ) async throws(PortFailure) -> Outcome {
        let response: Response
        do throws(PortFailure) {
            response = try await send(request, for: target.repository, errors)
        } catch {
            switch error.code {
            case .unreachable, .timedOut, .throttled: return .unknown(error)
            default: throw error
            }
        }
        switch response.status {
        case 200, 201, 202, 204: break
        case 408, 425, 429, 499, 500...599: return .unknown(errors.failure(response))
        case 403 where response.isRateLimited: return .unknown(errors.failure(response))
        case 400 where RegistryAnswer(response).isPartUnknown,
            404 where RegistryAnswer(response).isPartUnknown:
            return .unknown(errors.failure(response))
        default:
            let failure = errors.failure(response)
            // Rules of immutability refuse even the digest that the tag already has.
            if failure.code == .immutable, try await self.digest(of: target) == digest {
                return .done
            }
            throw failure
        }
        if let text = response.header("Docker-Content-Digest") {
            guard let answered = try? Digest(text),
                answered == digest || answered.algorithm != digest.algorithm
            else {
                throw mismatch(
                    errors,
                    "the registry took \(digest.short) and answered another digest "
                        + "(\(OutsideText.line(text, max: 100)))")
            }
            return .taken(isNamed: true)
        }
        return .taken(isNamed: false)
    }

    /// Looks at the tag after a write whose outcome is not known. Whether it is done; `false` if
    /// the write may be repeated.
    private func look(
        after failure: PortFailure, at target: ImageReference, wanted: Digest,
        before: Digest??
    ) async throws(PortFailure) -> Bool {
        let now: Digest?
        do throws(PortFailure) {
            now = try await digest(of: target)
        } catch {
            throw PortFailure(
                code: failure.code, subject: failure.subject,
                detail: "\(failure.detail), and whether the tag was moved could not be seen "
                    + "(\(error.detail))",
                advice: "Run again: Pawl looks at the tag first.")
        }
        if now == wanted { return true }
        if let before, before != now {
            throw PortFailure(
                code: .mismatched, subject: failure.subject,
                detail: "\(failure.detail), and somebody else has moved the tag to "
                    + (now?.short ?? "nothing") + " meanwhile",
                advice: "Run again, one run at a time for each channel.")
        }
        return false
    }

    func pause(_ attempt: Int, _ errors: RegistryErrors) async throws(PortFailure) {
        let pause = min(Limits.retryPauseMax, Limits.retryPause * (1 << attempt))
        do {
            try await clock.sleep(pause)
        } catch {
            throw PortFailure(
                code: .timedOut, subject: errors.subject, detail: "the run ended during a pause")
        }
    }
}
