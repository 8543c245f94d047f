import PawlCore

/// A manifest or an index: the bytes as they came, and what Pawl reads in them.
struct Manifest: Sendable {
    /// What the bytes are.
    enum Kind: Sendable {
        case index([Child])
        case image(config: Descriptor)
    }

    /// Content elsewhere, by digest.
    struct Descriptor: Sendable {
        let mediaType: String
        let digest: Digest
        let size: Int?
        /// The content itself, where the descriptor carries it (image-spec, "Embedded Content").
        let embedded: String?
    }

    /// One entry of an index.
    struct Child: Sendable {
        let descriptor: Descriptor
        /// A statement about other entries, which belongs to no platform.
        let isAttestation: Bool
    }

    /// What is wrong with bytes, as a clause.
    struct Malformed: Error, Hashable, Sendable {
        let detail: String
        /// Well formed, but of a kind that is not read.
        var isUnsupported = false
    }

    /// As received; only these are ever put.
    let bytes: [UInt8]
    /// Of `bytes`, computed here.
    let digest: Digest
    /// Of the answer that brought them, without parameters.
    let mediaType: String
    /// What Pawl reads in them.
    let kind: Kind
    private let annotations: JSON?

    /// Reads bytes of the type that the answer's header named; `nil` for none.
    init(_ bytes: [UInt8], digest: Digest, contentType: String?) throws(Malformed) {
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
        annotations = try document.part("annotations")
        self.bytes = bytes
        self.digest = digest
        self.mediaType = mediaType
    }

    /// An annotation's text; `nil` if there is none of that name, or a blank one.
    func annotation(_ name: String) throws(Malformed) -> String? {
        try annotations?.part(name)?.string.flatMap(unlessBlank)
    }

    private static func document(_ bytes: [UInt8]) throws(Malformed) -> JSON {
        guard let document = try? JSON(bytes), document.object != nil else {
            throw Malformed(detail: "it is not a JSON object")
        }
        return document
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
                    isAttestation: try isAttestation(entry)))
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
            embedded: try entry.part("data")?.string)
    }
}

/// The labels of an image's config.
struct ConfigLabels: Sendable {
    private let labels: JSON?

    /// Reads a config's bytes.
    init(_ bytes: [UInt8]) throws(Manifest.Malformed) {
        guard let document = try? JSON(bytes), document.object != nil else {
            throw Manifest.Malformed(detail: "it is not a JSON object")
        }
        labels = try document.part("config")?.part("Labels")
    }

    /// A label's text; `nil` if there is none of that name, or a blank one.
    func label(_ name: String) throws(Manifest.Malformed) -> String? {
        try labels?.part(name)?.string.flatMap(unlessBlank)
    }
}

/// A name of a commit without blanks around it; nothing but blanks names none.
private func unlessBlank(_ text: String) -> String? {
    let trimmed = text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()
    return trimmed.isEmpty ? nil : String(trimmed)
}

extension JSON {
    /// A member, with a doubled name as a fault of the manifest.
    fileprivate func part(_ name: String) throws(Manifest.Malformed) -> JSON? {
        do throws(JSON.Malformed) {
            let value = try member(name)
            return value == .null ? nil : value
        } catch {
            throw Manifest.Malformed(detail: "it says \(name) twice")
        }
    }
}
