/// A reference to an image: repository with tag, digest or both.
///
/// The grammar is that of distribution/reference, narrowed where it lets through what no registry
/// serves: ports outside 1 to 65535 and host names with an underscore are refused.
package struct ImageReference: Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with a text that is not a reference.
    package enum Malformed: Error, Hashable, Sendable, CaseIterable {
        case empty, notASCII, scheme, host, port, path, pathTooLong, tag, digest, looksLikeDigest
        case hasTag, hasDigest
        /// A folder's path that is empty, too long, has a colon, or ends as a digest begins.
        case folder
    }

    /// Where the image is.
    package let repository: Repository
    /// The moving name, if the reference has one.
    package let tag: Tag?
    /// The content, if the reference pins it.
    package let digest: Digest?

    /// An image by its tag.
    package init(_ repository: Repository, _ tag: Tag) {
        self.repository = repository
        self.tag = tag
        self.digest = nil
    }

    /// An image by its digest.
    package init(_ repository: Repository, _ digest: Digest) {
        self.repository = repository
        self.tag = nil
        self.digest = digest
    }

    /// Reads a reference; one with neither tag nor digest gets `defaultTag`. Linear in the text.
    package init(
        _ text: some StringProtocol, defaultTag: String? = "latest"
    ) throws(Malformed) {
        guard !text.isEmpty else { throw .empty }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .notASCII }
        guard !text.hasPrefix("https://"), !text.hasPrefix("http://") else { throw .scheme }
        if let folder = Repository.folder(in: String(text)) {
            let layout = try Self.layout(folder)
            repository = layout.repository
            digest = layout.digest
            let isBare = layout.tag == nil && layout.digest == nil
            tag = if isBare, let defaultTag { try Tag(defaultTag) } else { layout.tag }
            return
        }

        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        var digest: Digest?
        if parts.count == 2 {
            guard let read = try? Digest(parts[1]) else { throw .digest }
            digest = read
        }

        let (name, tagText) = Self.splitTag(String(parts[0]))
        let tag: Tag? = if let tagText { try Tag(tagText) } else { nil }
        repository = try Self.repository(named: name)
        if tag == nil, digest == nil, let defaultTag {
            self.tag = try Tag(defaultTag)
        } else {
            self.tag = tag
        }
        self.digest = digest
    }

    /// `repository[:tag][@digest]`.
    package var description: String {
        "\(repository)" + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
    }

    /// A colon after the last slash begins the tag; one before it belongs to a port.
    private static func splitTag(_ text: String) -> (name: String, tag: String?) {
        let tail = text.lastIndex(of: "/").map(text.index(after:)) ?? text.startIndex
        guard !text[tail...].contains("]"), let colon = text[tail...].firstIndex(of: ":") else {
            return (text, nil)
        }
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }

    /// The first component is a host if it cannot be a path component of Docker Hub.
    private static func repository(named name: String) throws(Malformed) -> Repository {
        guard let slash = name.firstIndex(of: "/") else {
            guard !(name.utf8.count == 64 && name.utf8.allSatisfy(isLowercaseHex)) else {
                throw .looksLikeDigest
            }
            return try Repository(host: .dockerHub, path: name)
        }
        let first = name[..<slash]
        let isHost =
            first == "localhost" || first.contains(where: { ".:[".contains($0) })
            || first.utf8.contains(where: isUppercaseLetter)
        return isHost
            ? try Repository(host: RegistryHost(first), path: name[name.index(after: slash)...])
            : try Repository(host: .dockerHub, path: name)
    }
}
