package import PawlCore
package import PawlPorts
import Synchronization

extension OCIRegistry {
    /// Own choice: an index within an index is rare; deeper ones are not seen outside of attacks.
    private static let depthMax = 2

    /// The commit of a pinned image. An annotation of the index or manifest is authoritative; else
    /// the children are asked, all of them or the first, each for its annotation or its label.
    package func revision(
        of digest: Digest, in repository: Repository, label: String, platforms: Platforms
    ) async throws(PortFailure) -> Revision {
        let said = try await commits(
            of: digest, in: repository, Question(label: label, platforms: platforms), depth: 0)
        let named = said.compactMap { $0 }
        guard let first = named.first else { return .unlabelled }
        if said.allSatisfy({ $0 == first }) { return .says(first) }
        var different: [String] = []
        for commit in said.map({ $0 ?? "(no label)" }) where !different.contains(commit) {
            different.append(commit)
        }
        return .disagrees(different)
    }

    private struct Question: Sendable {
        let label: String
        let platforms: Platforms
    }

    /// What each platform says, `nil` for nothing.
    private func commits(
        of digest: Digest, in repository: Repository, _ question: Question, depth: Int
    ) async throws(PortFailure) -> [String?] {
        let errors = try errors(ImageReference(repository, digest))
        let manifest = try await manifest(digest, in: repository)
        do throws(Manifest.Malformed) {
            if let commit = try manifest.annotation(question.label) { return [commit] }
        } catch {
            throw unusable(error, errors, "manifest")
        }
        switch manifest.kind {
        case .image(let config):
            return [try await label(question.label, of: config, in: repository, errors)]
        case .index(let children):
            let platforms = children.filter { !$0.isAttestation }
            guard depth < Self.depthMax, platforms.count <= Limits.indexPlatformsMax else {
                throw PortFailure(
                    code: .unsupported, subject: errors.subject,
                    detail: platforms.count > Limits.indexPlatformsMax
                        ? "the index lists \(platforms.count) platforms"
                        : "the index has indexes in its indexes")
            }
            let asked = question.platforms == .every ? platforms[...] : platforms.prefix(1)
            return try await commits(
                of: asked.map(\.descriptor.digest), in: repository, question, depth: depth + 1)
        }
    }

    /// All children at once; their order is kept, and the first failure in it is the one told.
    private func commits(
        of digests: [Digest], in repository: Repository, _ question: Question, depth: Int
    ) async throws(PortFailure) -> [String?] {
        let answers = await withTaskGroup(
            of: (Int, Result<[String?], PortFailure>).self
        ) { tasks in
            for (index, digest) in digests.enumerated() {
                tasks.addTask {
                    do throws(PortFailure) {
                        let said = try await self.commits(
                            of: digest, in: repository, question, depth: depth)
                        return (index, .success(said))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            return await tasks.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }
        }
        var commits: [String?] = []
        for (_, answer) in answers { commits += try answer.get() }
        return commits
    }

    private func label(
        _ name: String, of config: Manifest.Descriptor, in repository: Repository,
        _ errors: RegistryErrors
    ) async throws(PortFailure) -> String? {
        guard config.mediaType != MediaTypes.empty else { return nil }
        let labels: ConfigLabels
        if let known = self.labels.withLock({ $0[config.digest] }) {
            labels = known
        } else {
            let bytes = try await blob(config, in: repository)
            do throws(Manifest.Malformed) {
                labels = try ConfigLabels(bytes)
            } catch {
                throw unusable(error, errors, "config")
            }
            self.labels.withLock { $0[config.digest] = labels }
        }
        do throws(Manifest.Malformed) {
            return try labels.label(name)
        } catch {
            throw unusable(error, errors, "config")
        }
    }
}
