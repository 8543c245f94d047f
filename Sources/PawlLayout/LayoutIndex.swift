import PawlCore
import PawlImages

/// The index of a layout: `index.json` (image-spec, "Image Layout"). Whatever is not understood in
/// it stays as it is.
struct LayoutIndex: Sendable {
    /// A tag is this annotation, on entries of `index.json` alone.
    private static let name = "org.opencontainers.image.ref.name"

    /// One entry, as far as it is read.
    struct Entry: Sendable {
        let digest: Digest
        let mediaType: String
        let tag: String?
    }

    private let document: JSON
    let entries: [Entry]

    /// The index of a layout that has none yet.
    static let empty = LayoutIndex(
        document: .object([
            JSON.Member("schemaVersion", .number("2")),
            JSON.Member("mediaType", .string(MediaTypes.indexes[0])),
            JSON.Member("manifests", .array([])),
        ]), entries: [])

    private init(document: JSON, entries: [Entry]) {
        self.document = document
        self.entries = entries
    }

    /// Reads the file's bytes. Entries whose digest Pawl does not know cannot be asked for.
    init(_ bytes: [UInt8]) throws(Manifest.Malformed) {
        guard let document = try? JSON(bytes), document.object != nil else {
            throw Manifest.Malformed(detail: "it is not a JSON object")
        }
        guard (try? document.member("schemaVersion"))??.integer == 2 else {
            throw Manifest.Malformed(detail: "its schemaVersion is not 2", isUnsupported: true)
        }
        guard let list = (try? document.member("manifests"))??.array else {
            throw Manifest.Malformed(detail: "its manifests are not a list")
        }
        self.document = document
        entries = list.compactMap(Self.entry)
    }

    /// The file's bytes.
    var bytes: [UInt8] { document.bytes + [UInt8(ascii: "\n")] }

    /// The digests that a tag has. More than one: tools that know no lock wrote at the same time.
    func digests(of tag: Tag) -> Set<Digest> {
        Set(entries.filter { $0.tag == tag.text }.map(\.digest))
    }

    /// Entries without a name, as far as they can be read.
    var unnamed: [Manifest.Child] {
        let list = ((try? document.member("manifests")) ?? nil)?.array ?? []
        let nameless = list.filter { Self.entry($0).map { $0.tag == nil } ?? false }
        return nameless.flatMap { element in
            let bytes = JSON.object([JSON.Member("manifests", .array([element]))]).bytes
            return (try? Manifest.entries(of: bytes)) ?? []
        }
    }

    /// The index with the tag at a manifest and nowhere else. What loses its last name stays, as
    /// other tools leave it.
    func tagging(_ manifest: Manifest, as tag: Tag) -> LayoutIndex {
        let list = ((try? document.member("manifests")) ?? nil)?.array ?? []
        var rest: [JSON] = []
        var isThere = false
        for element in list {
            guard let entry = Self.entry(element), entry.tag == tag.text else {
                rest.append(element)
                continue
            }
            if entry.digest == manifest.digest, !isThere {
                isThere = true
                rest.append(element)
            } else if !list.contains(where: { $0 != element && Self.has(entry.digest, $0) }) {
                rest.append(Self.unnamed(element))
            }
        }
        if !isThere {
            let unnamed = rest.firstIndex { element in
                Self.entry(element).map { $0.digest == manifest.digest && $0.tag == nil } ?? false
            }
            if let unnamed {
                rest[unnamed] = Self.named(rest[unnamed], tag)
            } else {
                rest.append(Self.named(Self.descriptor(of: manifest), tag))
            }
        }
        let changed = document.with("manifests", .array(rest))
        return LayoutIndex(document: changed, entries: rest.compactMap(Self.entry))
    }

    private static func has(_ digest: Digest, _ element: JSON) -> Bool {
        entry(element)?.digest == digest
    }

    private static func entry(_ element: JSON) -> Entry? {
        guard let text = (try? element.member("digest"))??.string, let digest = try? Digest(text)
        else { return nil }
        let annotations = (try? element.member("annotations")) ?? nil
        return Entry(
            digest: digest,
            mediaType: MediaTypes.withoutParameters(
                (try? element.member("mediaType"))??.string ?? ""),
            tag: ((try? annotations?.member(name)) ?? nil)?.string)
    }

    private static func descriptor(of manifest: Manifest) -> JSON {
        .object([
            JSON.Member("mediaType", .string(manifest.mediaType)),
            JSON.Member("digest", .string("\(manifest.digest)")),
            JSON.Member("size", .number("\(manifest.bytes.count)")),
        ])
    }

    private static func named(_ element: JSON, _ tag: Tag) -> JSON {
        let annotations = (try? element.member("annotations")) ?? nil
        let object = annotations?.object == nil ? JSON.object([]) : annotations ?? .object([])
        return element.with("annotations", object.with(name, .string(tag.text)))
    }

    private static func unnamed(_ element: JSON) -> JSON {
        guard let annotations = (try? element.member("annotations")) ?? nil else { return element }
        let rest = annotations.without(name)
        return rest.object?.isEmpty == true
            ? element.without("annotations") : element.with("annotations", rest)
    }
}
