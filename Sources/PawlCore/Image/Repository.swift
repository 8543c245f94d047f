/// A repository of images: host and path in a registry (`ghcr.io/acme/app`), or an OCI image layout
/// in a folder (`oci:./dist/app`).
package struct Repository: Hashable, Sendable, CustomStringConvertible {
    /// The registry it is in; `RegistryHost.layout` for a folder.
    package let host: RegistryHost
    /// Path of lower-case components, at most 255 characters. Of a layout: the folder, which begins
    /// with `/` or `.`.
    package let path: String

    /// Reads a reference that has neither tag nor digest; Docker Hub's short names are spelled out.
    package init(_ text: some StringProtocol) throws(ImageReference.Malformed) {
        let reference = try ImageReference(text, defaultTag: nil)
        guard reference.tag == nil else { throw .hasTag }
        guard reference.digest == nil else { throw .hasDigest }
        self = reference.repository
    }

    /// Takes a checked host and checks the path (grammar of distribution/reference).
    init(host: RegistryHost, path: some StringProtocol) throws(ImageReference.Malformed) {
        let components = String(path).split(separator: "/", omittingEmptySubsequences: false)
        let isShort = host == .dockerHub && components.count == 1
        // What is printed has to be read back, so the name that counts is the long one.
        let path = isShort ? "library/\(path)" : String(path)
        guard path.utf8.count <= Limits.repositoryPathCharactersMax else { throw .pathTooLong }
        guard components.allSatisfy({ Self.isComponent($0) }) else { throw .path }
        self.host = host
        self.path = path
    }

    /// Takes a folder's path that was checked.
    init(folder: String) {
        host = .layout
        path = folder
    }

    /// `host/path`, or `oci:PATH`. A host of one label without a port is told from a path only by
    /// its capitals.
    package var description: String {
        if isLayout { return "oci:\(path)" }
        let isOneLabel = host.port == nil && !host.name.contains(where: { ".[".contains($0) })
        return isOneLabel && host.name != "localhost"
            ? "\(host.name.uppercased())/\(path)" : "\(host)/\(path)"
    }

    /// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`, by hand because a backtracking pattern is not linear.
    private static func isComponent(_ text: Substring) -> Bool {
        var separator: [UInt8] = []
        var isFirst = true
        for byte in text.utf8 {
            if isDigit(byte) || isLowercaseLetter(byte) {
                guard separator.isEmpty || (!isFirst && isSeparator(separator)) else {
                    return false
                }
                separator = []
                isFirst = false
            } else {
                separator.append(byte)
            }
        }
        return !isFirst && separator.isEmpty
    }

    private static func isSeparator(_ bytes: [UInt8]) -> Bool {
        let dot = UInt8(ascii: ".")
        let underscore = UInt8(ascii: "_")
        return bytes == [dot] || bytes == [underscore] || bytes == [underscore, underscore]
            || bytes.allSatisfy { $0 == UInt8(ascii: "-") }
    }
}
