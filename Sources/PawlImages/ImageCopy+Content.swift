import FoundationEssentials
import PawlCore
import PawlPorts

extension ImageCopy {
    /// Brings the configs and layers of all these manifests to the target, each once.
    func content(of trees: [Tree]) async throws(PortFailure) {
        let content = try contents(trees.flatMap(\.everything).map(\.manifest))
        let offers = try await all(content, atOnce: Self.questionsAtOnce) {
            descriptor throws(PortFailure) in
            try await target.offer(descriptor, from: from, in: to.repository)
        }
        var wanted: [(content: Manifest.Descriptor, ticket: String?)] = []
        for (descriptor, offer) in zip(content, offers) {
            if case .wanted(let ticket) = offer { wanted.append((descriptor, ticket)) }
        }
        guard !wanted.isEmpty else { return }
        // The largest first: the others go beside it.
        wanted.sort { $0.content.size ?? 0 > $1.content.size ?? 0 }
        observer.tell(
            .missing(
                to, blobs: wanted.count, bytes: wanted.reduce(0) { $0 + ($1.content.size ?? 0) }))
        _ = try await all(wanted) { item throws(PortFailure) in
            try await send(item.content, by: item.ticket)
        }
    }

    /// What manifests name, each digest once. A layer that says other places for itself is left
    /// there, as skopeo leaves it: its licence may forbid to give it to others, and the addresses
    /// are anybody's word.
    private func contents(_ manifests: [Manifest]) throws(PortFailure) -> [Manifest.Descriptor] {
        var seen: Set<Digest> = []
        var contents: [Manifest.Descriptor] = []
        for manifest in manifests {
            guard case .image(let config) = manifest.kind else { continue }
            let layers = try read(manifest) { manifest throws(Manifest.Malformed) in
                try manifest.layers()
            }
            for content in [config] + layers.filter({ !$0.hasForeignURLs }) {
                guard let size = content.size, size >= 0 else {
                    throw PortFailure(
                        code: .garbled, subject: "\(ImageReference(from, manifest.digest))",
                        detail: "it does not say the size of \(content.digest.short)")
                }
                if seen.insert(content.digest).inserted { contents.append(content) }
            }
        }
        return contents
    }

    /// A part of a source's manifest that is read only for copying.
    func read<Part>(
        _ manifest: Manifest, _ part: (Manifest) throws(Manifest.Malformed) -> Part
    ) throws(PortFailure) -> Part {
        do throws(Manifest.Malformed) {
            return try part(manifest)
        } catch {
            throw source.unusable(
                error, "manifest", of: ImageReference(from, manifest.digest))
        }
    }

    /// One blob, begun again where that may help.
    private func send(
        _ content: Manifest.Descriptor, by ticket: String?
    ) async throws(PortFailure) {
        var ticket = ticket
        for attempt in 1...Limits.attemptsMax {
            let sent = Tally()
            do throws(PortFailure) {
                let ticket = ticket
                return try await target.copySlots.with { () throws(PortFailure) in
                    try await sendOnce(content, by: ticket, counting: sent)
                }
            } catch {
                guard attempt < Limits.attemptsMax, Self.mayPass(error), !Task.isCancelled else {
                    throw error
                }
                observer.tell(.again(to, bytes: sent.value, error))
                try await pause(after: attempt, error)
            }
            // What is lost may be the answer alone.
            guard
                case .wanted(let next) = try await target.offer(
                    content, from: nil, in: to.repository)
            else { return }
            ticket = next
        }
    }

    private func sendOnce(
        _ content: Manifest.Descriptor, by ticket: String?, counting sent: Tally
    ) async throws(PortFailure) {
        let stream = try await opened(content).verified(
            against: content, subject: "\(from)@\(content.digest)"
        ) { bytes in
            sent.add(bytes)
            observer.tell(.sent(to, bytes: bytes))
        }
        try await target.take(stream, as: content, by: ticket, in: to.repository)
    }

    private static func mayPass(_ failure: PortFailure) -> Bool {
        switch failure.code {
        case .unreachable, .timedOut, .serverFailed: true
        default: false
        }
    }

    private func pause(after attempt: Int, _ failure: PortFailure) async throws(PortFailure) {
        do {
            try await clock.sleep(min(Limits.retryPauseMax, Limits.retryPause * (1 << attempt)))
        } catch {
            throw failure
        }
    }

    /// The content's bytes: from the descriptor where it carries them.
    private func opened(
        _ content: Manifest.Descriptor
    ) async throws(PortFailure) -> ByteStream {
        guard let embedded = content.embedded, let data = Data(base64Encoded: embedded) else {
            return try await source.open(content, in: from)
        }
        return ByteStream(Array(data))
    }
}
