import PawlCore
import PawlPorts

extension OCIRegistry {
    /// Reads a tag that the registry says to have moved until it shows the move, and tells how long
    /// that took. Some registries show the tag as it was for seconds, or as absent.
    ///
    /// A registry that named the digest in its answer has done what it was asked: a tag that does
    /// not show it within the window is told of, and nothing is written because of it. Where the
    /// answer named nothing, the reading is the only evidence. `before` is what the tag was last
    /// seen at, if it was looked at: a third digest is somebody else's, and waiting does not change
    /// it.
    func confirm(
        _ digest: Digest, at target: ImageReference, before: Digest??, isNamed: Bool,
        _ errors: RegistryErrors
    ) async throws(PortFailure) {
        // What is put by its digest alone is nobody's tag yet.
        guard !isNamed || target.tag != nil && readsBack else {
            if target.tag != nil { _ = noted(digest, at: target) }
            return
        }
        let read = await readBack(digest, at: target, before: before)
        tellReadBack(read)
        guard read.isSeen || isNamed else {
            throw mismatch(
                errors,
                "the registry took \(digest.short) without naming it, and the tag "
                    + (read.instead ?? "was not read"))
        }
        if read.foreign == nil { _ = noted(digest, at: target) }
    }

    private func readBack(
        _ digest: Digest, at target: ImageReference, before: Digest??
    ) async -> ReadBack {
        let begin = clock.now()
        var pause = Limits.readBackPause
        var looks = 0
        while true {
            looks += 1
            let look = await look(at: target)
            let foreign = foreign(look, digest, before: before)
            func told(_ instead: String?) -> ReadBack {
                ReadBack(
                    image: target, digest: digest, isSeen: instead == nil,
                    after: clock.now().since(begin), looks: looks, instead: instead,
                    foreign: foreign)
            }
            if case .success(digest) = look { return told(nil) }
            let instead = words(for: look)
            let passed = clock.now().since(begin)
            guard foreign == nil, !isHopeless(look), passed + pause <= Limits.readBackWindow else {
                return told(instead)
            }
            do { try await clock.sleep(pause) } catch { return told(instead) }
            pause = min(Limits.readBackPauseMax, pause * 2)
        }
    }

    private func look(at target: ImageReference) async -> Result<Digest?, PortFailure> {
        do throws(PortFailure) {
            return .success(try await digest(of: target))
        } catch {
            return .failure(error)
        }
    }

    /// A digest that is neither the one written nor the one written over, where that is known.
    private func foreign(
        _ look: Result<Digest?, PortFailure>, _ digest: Digest, before: Digest??
    ) -> Digest? {
        guard case .success(let now?) = look, let before, now != digest, now != before else {
            return nil
        }
        return now
    }

    /// Whether reading again cannot help.
    private func isHopeless(_ look: Result<Digest?, PortFailure>) -> Bool {
        if case .failure(let failure) = look { failure.isPermanent } else { false }
    }

    private func words(for look: Result<Digest?, PortFailure>) -> String {
        switch look {
        case .success(nil): "reads as absent"
        case .success(let digest?): "reads as \(digest.short)"
        case .failure(let failure): "could not be read (\(failure.detail))"
        }
    }
}
