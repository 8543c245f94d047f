import PawlCore
import PawlPorts

extension RegistryContract {
    /// What must hold of an image that is moved to a tag of another repository.
    func copyingBreaches() async -> [String] {
        guard let elsewhere else { return [] }
        var breaches: [String] = []
        let granted = await told { () throws(PortFailure) in
            try await registry.preparePush(to: [elsewhere])
            return "granted"
        }
        if granted != "granted" { breaches.append("the right to push elsewhere: \(granted)") }
        breaches += await difference(elsewhere, from: "nil", "before anything is copied")
        // The second time nothing is missing.
        for tag in Self.images.map(\.tag) + ["single-annotation", "index-labels"] {
            breaches += await copyingBreaches(of: tag, to: elsewhere)
        }
        breaches += await unknownCopyBreaches(to: elsewhere)
        return breaches
    }

    private func copyingBreaches(of tag: String, to elsewhere: Repository) async -> [String] {
        guard let digest = digests[tag], let published = Self.images.first(where: { $0.tag == tag })
        else { return ["the contract lacks \(tag)"] }
        var breaches: [String] = []
        let put = await told { () throws(PortFailure) in
            try await registry.put(digest, from: repository, at: try image("copied", of: elsewhere))
            return "put"
        }
        if put != "put" { breaches.append("\(tag) copied: \(put)") }
        breaches += await difference(elsewhere, from: "\(digest)", "\(tag) copied")
        // Every platform's manifest and config must be there.
        let said = await told { () throws(PortFailure) in
            let revision = try await registry.revision(
                of: digest, in: elsewhere, label: Self.label, platforms: .every)
            return "\(revision)"
        }
        if said != "\(published.revision)" {
            breaches.append("\(tag) copied: \(said), not \(published.revision)")
        }
        let source = await told { () throws(PortFailure) in
            described(try await registry.digest(of: try image(tag, of: repository)))
        }
        if source != "\(digest)" { breaches.append("\(tag) after it was copied: \(source)") }
        return breaches
    }

    private func unknownCopyBreaches(to elsewhere: Repository) async -> [String] {
        guard let unknown = try? Digest("sha256:" + String(repeating: "0", count: 64)) else {
            return ["the contract's own digest is none"]
        }
        let put = await told { () throws(PortFailure) in
            try await registry.put(
                unknown, from: repository, at: try image("copied", of: elsewhere))
            return "put"
        }
        let breaches = put == "put" ? ["a manifest that is not there was copied"] : []
        return breaches
            + (await difference(
                elsewhere, from: digests["index-labels"]?.description ?? "nil",
                "after a copy that failed"))
    }

    /// What HEAD and GET say of the copy's tag, where it is not what is expected.
    private func difference(
        _ elsewhere: Repository, from expected: String, _ when: String
    ) async -> [String] {
        let digest = await told { () throws(PortFailure) in
            described(try await registry.digest(of: try image("copied", of: elsewhere)))
        }
        let pinned = await told { () throws(PortFailure) in
            described(try await registry.pin(try image("copied", of: elsewhere)))
        }
        return [("digest", digest), ("pin", pinned)].filter { $0.1 != expected }.map {
            "\(when), \($0.0): \($0.1), not \(expected)"
        }
    }

    private func image(
        _ tag: String, of repository: Repository
    ) throws(PortFailure) -> ImageReference {
        do throws(ImageReference.Malformed) {
            return ImageReference(repository, try Tag(tag))
        } catch {
            throw PortFailure(code: .garbled, subject: tag, detail: "no tag")
        }
    }
}
