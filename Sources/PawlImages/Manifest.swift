package import PawlCore

/// A manifest or an index: the bytes as they came, and what Pawl reads in them.
package struct Manifest: Sendable {
    /// What the bytes are.
    package enum Kind: Sendable {
        case index([Child])
        case image(config: Descriptor)
    }

    /// Content elsewhere, by digest.
    package struct Descriptor: Sendable {
        /// Without parameters; may be empty.
        package let mediaType: String
        /// Of the content.
        package let digest: Digest
        /// In bytes, as the descriptor says.
        package let size: Int?
        /// The content itself, where the descriptor carries it (image-spec, "Embedded Content").
        package let embedded: String?
        /// Whether it says other places for the content (image-spec, "urls"). They are never asked.
        package let hasForeignURLs: Bool
    }

    /// One entry of an index.
    package struct Child: Sendable {
        /// What it points at.
        package let descriptor: Descriptor
        /// A statement about other entries, which belongs to no platform.
        package let isAttestation: Bool
        /// The entry as it was written.
        package let entry: JSON
    }

    /// What is wrong with bytes, as a clause.
    package struct Malformed: Error, Hashable, Sendable {
        /// The clause; outside text in it is as it came.
        package let detail: String
        /// Well formed, but of a kind that is not read.
        package var isUnsupported = false

        package init(detail: String, isUnsupported: Bool = false) {
            self.detail = detail
            self.isUnsupported = isUnsupported
        }
    }

    /// As received; only these are ever put.
    package let bytes: [UInt8]
    /// Of `bytes`, computed here.
    package let digest: Digest
    /// Of the answer that brought them, without parameters.
    package let mediaType: String
    /// What Pawl reads in them.
    package let kind: Kind
    private let annotations: JSON?
    // Read when they are asked for: a tag is moved whatever they say.
    private let layerList: JSON?
    private let subjectEntry: JSON?

    /// Reads bytes of the type that the answer's header named; `nil` for none.
    package init(_ bytes: [UInt8], digest: Digest, contentType: String?) throws(Malformed) {
        let document = try Self.document(bytes)
        let mediaType = try MediaTypes.agreed(
            header: contentType, body: document.part("mediaType")?.string)
        let isIndex = try MediaTypes.isIndex(mediaType)
        guard try document.part("schemaVersion")?.integer == 2 else {
            throw Malformed(detail: "its schemaVersion is not 2", isUnsupported: true)
        }
        let children = try document.part("manifests")
        let imageParts = try [
            document.part("config"), document.part("layers"), document.part("fsLayers"),
        ].compactMap { $0 }
        // One document must not be an index to one reader and an image to another
        // (GHSA-mc8v-mgrf-8f4m).
        guard isIndex == (children != nil), isIndex == imageParts.isEmpty else {
            throw Malformed(detail: "its content is not that of \(mediaType)")
        }
        kind =
            isIndex
            ? .index(try Self.children(children)) : .image(config: try Self.config(document))
        layerList = try document.part("layers")
        subjectEntry = try document.part("subject")
        annotations = try document.part("annotations")
        self.bytes = bytes
        self.digest = digest
        self.mediaType = mediaType
    }

    /// An annotation's text; `nil` if there is none of that name, or a blank one.
    package func annotation(_ name: String) throws(Malformed) -> String? {
        try annotations?.part(name)?.string.flatMap(unlessBlank)
    }

    /// The manifest that this one is about (image-spec, "subject").
    package func subject() throws(Malformed) -> Digest? {
        guard let subjectEntry else { return nil }
        return try Self.descriptor(subjectEntry).digest
    }

    /// The content of an image beside its config; empty for an index.
    package func layers() throws(Malformed) -> [Descriptor] {
        guard let layerList else { return [] }
        guard let entries = layerList.array else {
            throw Malformed(detail: "its layers are not a list")
        }
        guard entries.count <= Self.layersMax else {
            throw Malformed(detail: "it lists \(entries.count) layers", isUnsupported: true)
        }
        var layers: [Descriptor] = []
        for entry in entries { layers.append(try Self.descriptor(entry)) }
        return layers
    }

    private static func document(_ bytes: [UInt8]) throws(Malformed) -> JSON {
        guard let document = try? JSON(bytes), document.object != nil else {
            throw Malformed(detail: "it is not a JSON object")
        }
        return document
    }

    /// The entries of bytes that are an index, whatever else they are.
    package static func entries(of bytes: [UInt8]) throws(Malformed) -> [Child] {
        try children(document(bytes).part("manifests"))
    }

    private static func children(_ list: JSON?) throws(Malformed) -> [Child] {
        guard let entries = list?.array else {
            throw Malformed(detail: "its manifests are not a list")
        }
        // The list is bounded before anything is asked about its entries.
        guard entries.count <= Limits.indexPlatformsMax * 2 else {
            throw Malformed(
                detail: "it lists \(entries.count) manifests", isUnsupported: true)
        }
        var children: [Child] = []
        for entry in entries {
            children.append(
                Child(
                    descriptor: try descriptor(entry),
                    isAttestation: try isAttestation(entry), entry: entry))
        }
        return children
    }

    /// Attestations have the platform `unknown/unknown`, or none and say what they refer to. An
    /// entry that some machine would pull is a platform, whatever it says of itself.
    private static func isAttestation(_ entry: JSON) throws(Malformed) -> Bool {
        let platform = try entry.part("platform")
        let system = try platform?.part("os")?.string
        let architecture = try platform?.part("architecture")?.string
        let reference = try entry.part("annotations")?.part("vnd.docker.reference.type")
        return (system == "unknown" && architecture == "unknown")
            || (system == nil && architecture == nil && reference != nil)
    }

    /// Own choice: union file systems take 127 layers, artifacts rarely have as many.
    private static let layersMax = 1024

    private static func config(_ document: JSON) throws(Malformed) -> Descriptor {
        guard let config = try document.part("config") else {
            throw Malformed(detail: "it has no config")
        }
        return try descriptor(config)
    }

    private static func descriptor(_ entry: JSON) throws(Malformed) -> Descriptor {
        guard let text = try entry.part("digest")?.string else {
            throw Malformed(detail: "a descriptor has no digest")
        }
        guard let digest = try? Digest(text) else {
            throw Malformed(detail: "a descriptor's digest is not one")
        }
        return Descriptor(
            mediaType: MediaTypes.withoutParameters(try entry.part("mediaType")?.string ?? ""),
            digest: digest, size: try entry.part("size")?.integer,
            embedded: try entry.part("data")?.string,
            hasForeignURLs: try entry.part("urls")?.array?.isEmpty == false)
    }
}

extension JSON {
    /// A member, with a doubled name as a fault of the manifest.
    func part(_ name: String) throws(Manifest.Malformed) -> JSON? {
        do throws(JSON.Malformed) {
            let value = try member(name)
            return value == .null ? nil : value
        } catch {
            throw Manifest.Malformed(detail: "it says \(name) twice")
        }
    }
}
