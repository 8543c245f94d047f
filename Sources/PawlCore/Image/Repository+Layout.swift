// OCI image layouts as repositories: `oci:PATH`, as skopeo writes them.

extension Repository {
    /// PATH_MAX of Linux, without its end.
    private static let folderCharactersMax = 4095
    private static let prefix = "oci:"

    /// Whether it is a folder of this machine.
    package var isLayout: Bool { host == .layout }

    /// What follows `oci:` where that names a folder; `nil` for every other text. No text loses the
    /// meaning it had: `oci:1.2` is a tag of Docker Hub's image `oci`, and `oci:5000/app` an image
    /// of a registry.
    static func folder(in text: String) -> String? {
        guard text.hasPrefix(prefix) else { return nil }
        let rest = text.dropFirst(prefix.count)
        if rest.first == "/" || rest.first == "." { return String(rest) }
        guard let slash = rest.firstIndex(of: "/") else { return nil }
        return rest[..<slash].utf8.allSatisfy(isDigit) ? nil : String(rest)
    }

    /// A layout by its folder's path. One folder has one spelling: no empty components and no `.`,
    /// but a relative path begins with `./` or `../`. A colon would begin a tag.
    init(layoutAt path: some StringProtocol) throws(ImageReference.Malformed) {
        guard !path.isEmpty, !path.contains(":"), path.utf8.count <= Self.folderCharactersMax
        else { throw .folder }
        let components = path.split(separator: "/").filter { $0 != "." }
        let joined = components.joined(separator: "/")
        // With a tag behind it, such a path would be read as one with a digest.
        guard !Digest.Algorithm.allCases.contains(where: { joined.hasSuffix("@\($0.rawValue)") })
        else { throw .folder }
        if path.hasPrefix("/") {
            self.init(folder: "/" + joined)
        } else if components.isEmpty {
            self.init(folder: ".")
        } else {
            self.init(folder: components[0] == ".." ? joined : "./" + joined)
        }
    }
}

extension ImageReference {
    /// Reads what follows `oci:` as skopeo does: `PATH[:TAG][@DIGEST]`. An `@` may be part of the
    /// path.
    static func layout(
        _ text: String
    ) throws(Malformed) -> (repository: Repository, tag: Tag?, digest: Digest?) {
        var name = text[...]
        var digest: Digest?
        if let at = text.lastIndex(of: "@") {
            let tail = text[text.index(after: at)...]
            if let read = try? Digest(tail) {
                digest = read
                name = text[..<at]
            } else if Digest.Algorithm.allCases.contains(where: {
                tail.hasPrefix("\($0.rawValue):")
            }) {
                throw .digest
            }
        }
        let tail = name.lastIndex(of: "/").map(name.index(after:)) ?? name.startIndex
        var tag: Tag?
        if let colon = name[tail...].firstIndex(of: ":") {
            tag = try Tag(name[name.index(after: colon)...])
            name = name[..<colon]
        }
        return (try Repository(layoutAt: name), tag, digest)
    }
}
