package import PawlCore
package import PawlPorts

/// A place that keeps images whole, a registry or a folder: what copying needs beside the engine's
/// port.
///
/// `nil` is the place's own word that a thing is not there; a look that failed throws.
package protocol ImageStore: Registry {
    /// For pauses before something is tried again.
    var clock: Clock { get }
    /// Told of copies.
    var copyObserver: CopyObserver { get }
    /// Shared by all copies into this place.
    var copySlots: CopySlots { get }

    /// A manifest by its digest, hashed here; one that is not there throws `missing`.
    func manifest(
        _ digest: Digest, in repository: Repository
    ) async throws(PortFailure) -> Manifest

    /// The labels of an image's config, hashed here.
    func labels(
        of config: Manifest.Descriptor, in repository: Repository
    ) async throws(PortFailure) -> ConfigLabels

    /// Manifests that are about this one, as entries of an index; `nil` if the place keeps no such
    /// list of its own (distribution-spec, "Listing Referrers").
    func referrers(
        of digest: Digest, in repository: Repository
    ) async throws(PortFailure) -> [Manifest.Child]?

    /// Content in pieces, as the place sends it: nothing of it is checked yet.
    func open(
        _ content: Manifest.Descriptor, in repository: Repository
    ) async throws(PortFailure) -> ByteStream

    /// Whether content is there, or can be had without its bytes. `source`: a repository that has
    /// it.
    func offer(
        _ content: Manifest.Descriptor, from source: Repository?, in repository: Repository
    ) async throws(PortFailure) -> Offer

    /// Takes content whose stream fails rather than end with other bytes than the digest's.
    /// `ticket` is the offer's.
    func take(
        _ stream: ByteStream, as content: Manifest.Descriptor, by ticket: String?,
        in repository: Repository
    ) async throws(PortFailure)

    /// Keeps a manifest by its digest. Whether the place itself lists it as a referrer of its
    /// subject.
    func keep(_ manifest: Manifest, in repository: Repository) async throws(PortFailure) -> Bool

    /// Moves a tag to a manifest whose parts are all there. A write whose answer was lost is looked
    /// at before it is repeated.
    func put(_ manifest: Manifest, at target: ImageReference) async throws(PortFailure)

    /// The failure that bytes which cannot be used are. `what`: `manifest`, `config`.
    func unusable(
        _ malformed: Manifest.Malformed, _ what: String, of image: ImageReference
    ) -> PortFailure
}

/// What a place says to content that is to come.
package enum Offer: Hashable, Sendable {
    /// It has it.
    case there
    /// It took it from another of its repositories.
    case mounted
    /// It wants the bytes, under this ticket of its own if there is one.
    case wanted(ticket: String?)
}
