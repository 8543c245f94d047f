package import PawlCore

/// What the engine may ask of registries, and the one thing it may have them do.
///
/// `nil` is the registry's own word that a thing is not there; a look that failed throws.
package protocol Registry: Sendable {
    /// The digest that a tag has, asked in the cheapest way (HEAD).
    func digest(of image: ImageReference) async throws(PortFailure) -> Digest?

    /// The digest that a tag has, with the manifest itself kept for `revision` and `put` of the
    /// same run (GET). Its bytes are hashed here; a registry's own word for the digest is not
    /// enough.
    func pin(_ image: ImageReference) async throws(PortFailure) -> Digest?

    /// The commit that a pinned image says it was built from: annotation of the index or manifest,
    /// else the label of its config. `label` is the annotation's and the label's key.
    func revision(
        of digest: Digest, in repository: Repository, label: String, platforms: Platforms
    ) async throws(PortFailure) -> Revision

    /// Obtains the right to push to all of these at once, as far as the registries grant rights
    /// beforehand. Called before the first write of a run.
    func preparePush(to repositories: [Repository]) async throws(PortFailure)

    /// Moves a tag to a pinned manifest: the same bytes, the same media type, and an answer that
    /// names the same digest. A write whose answer was lost is looked at before it is repeated.
    func put(
        _ digest: Digest, from source: Repository, at target: ImageReference
    ) async throws(PortFailure)
}

/// How much of an index is asked for its revision.
package enum Platforms: Hashable, Sendable {
    /// Every platform but attestations: for sources, where one platform could be another commit's.
    case every
    /// The first one: for targets, which were judged when they were sources.
    case first
}
