/// The media types of manifests.
package enum MediaTypes {
    package static let indexes = [
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    ]
    package static let images = [
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    ]

    /// All four in one `Accept` line: some registries answer 404 to a narrower one, and some
    /// proxies lose repeated lines.
    package static let accept = (indexes + images).joined(separator: ", ")

    /// The config of an artifact that is no image: it has no labels (image-spec, "Guidance for an
    /// Empty Descriptor").
    package static let empty = "application/vnd.oci.empty.v1+json"

    /// Types that some registries send in place of the real one: they say nothing.
    private static let silent = ["application/octet-stream", "text/plain", "application/json"]

    /// `type/subtype` in lower case, without `; charset=utf-8` and the like.
    package static func withoutParameters(_ text: String) -> String {
        String(text.prefix { $0 != ";" }.filter { !$0.isWhitespace }).lowercased()
    }

    /// The type that header and body agree on.
    package static func agreed(
        header: String?, body: String?
    ) throws(Manifest.Malformed) -> String {
        let header = header.map(withoutParameters).flatMap { silent.contains($0) ? nil : $0 }
        let body = body.map { $0.lowercased() }
        if let header, let body, header != body {
            throw Manifest.Malformed(
                detail: "its header says \(header.prefix(100)) and its body \(body.prefix(100))")
        }
        guard let type = header ?? body, !type.isEmpty else {
            throw Manifest.Malformed(detail: "neither its header nor its body says its type")
        }
        return type
    }

    /// Whether it is an index; throws for a type that is neither index nor image.
    package static func isIndex(_ type: String) throws(Manifest.Malformed) -> Bool {
        if indexes.contains(type) { return true }
        if images.contains(type) { return false }
        if type.hasPrefix("application/vnd.docker.distribution.manifest.v1+") {
            throw Manifest.Malformed(
                detail: "it is of Docker's schema 1, whose bytes do not have its digest",
                isUnsupported: true)
        }
        if type == "text/html" {
            throw Manifest.Malformed(detail: "it is a web page")
        }
        throw Manifest.Malformed(
            detail: "its type \(type.prefix(100)) is none of an image", isUnsupported: true)
    }
}
