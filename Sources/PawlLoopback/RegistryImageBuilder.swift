import PawlCore

/// Makes images that differ in the ways that matter to a promotion: one platform or several, OCI or
/// Docker types, the commit as a label, as an annotation, or not at all.
package struct RegistryImageBuilder: Sendable {
    /// Whose media types are used.
    package enum Types: Hashable, Sendable { case oci, docker }

    /// The label or annotation that names the commit.
    package var key = "org.opencontainers.image.revision"
    /// One platform for each: the label of its config, `nil` for none.
    package var labels: [String?]
    /// Whether the platforms stand in an index; must be if there are several.
    package var isIndex: Bool
    /// Whether the index has an attestation beside each platform, as BuildKit makes them.
    package var hasAttestations = true
    /// The annotation of the index, or of the manifest if there is no index.
    package var annotation: String?
    /// The annotations of the manifests in an index, one for each platform.
    package var childAnnotations: [String?] = []
    /// OCI unless said otherwise.
    package var types = Types.oci
    /// Whether a manifest says its own type.
    package var saysMediaType = true
    /// Makes the bytes differ from those of another image that is otherwise the same.
    package var seed: String
    /// Further layers of the first platform.
    package var bulk: [[UInt8]] = []
    /// Text after the manifest's JSON, and blanks within it: bytes that a decoder would lose.
    package var isOddlySpaced = false

    /// An index of two platforms that says its commit in both configs.
    package static func index(of commit: String) -> Self {
        Self(labels: [commit, commit], isIndex: true, seed: commit)
    }

    /// An index of two platforms that says its commit in its annotation alone.
    package static func annotatedIndex(of commit: String) -> Self {
        var builder = Self(labels: [nil, nil], isIndex: true, seed: commit)
        builder.annotation = commit
        return builder
    }

    /// One platform, no index.
    package static func single(of commit: String?) -> Self {
        Self(labels: [commit], isIndex: false, seed: commit ?? "unlabelled")
    }

    /// An image by its parts.
    package init(labels: [String?], isIndex: Bool, seed: String) {
        self.labels = labels
        self.isIndex = isIndex
        self.seed = seed
    }

    private static let platforms = [
        ("linux", "amd64"), ("linux", "arm64"), ("linux", "riscv64"), ("linux", "s390x"),
    ]

    /// The image's bytes; the same for the same parts.
    package func build() -> RegistryImage {
        var blobs: [RegistryImage.Blob] = []
        var manifests: [RegistryImage.Manifest] = []
        var entries: [String] = []
        for (index, label) in labels.enumerated() {
            let platform = Self.platforms[index % Self.platforms.count]
            let annotation =
                isIndex
                ? (childAnnotations.count > index ? childAnnotations[index] : nil) : self.annotation
            let child = image(
                config: config(label, platform, index), layer: "layer \(seed) \(index)",
                bulk: index == 0 ? bulk : [], annotation: annotation, blobs: &blobs)
            manifests.append(child)
            entries.append(entry(child, platform: platform, refersTo: nil))
        }
        guard isIndex else { return RegistryImage(manifests: manifests, blobs: blobs) }
        if hasAttestations {
            for platform in manifests {
                let statement = image(
                    config: #"{"architecture":"unknown","os":"unknown"}"#,
                    layer: "attestation of \(platform.digest)", annotation: nil, blobs: &blobs)
                manifests.append(statement)
                entries.append(
                    entry(statement, platform: ("unknown", "unknown"), refersTo: platform.digest))
            }
        }
        let type =
            types == .oci
            ? "application/vnd.oci.image.index.v1+json"
            : "application/vnd.docker.distribution.manifest.list.v2+json"
        manifests.append(
            manifest(
                type, "\"manifests\":[\(entries.joined(separator: ","))]", annotation: annotation))
        return RegistryImage(manifests: manifests, blobs: blobs)
    }

    private func config(
        _ label: String?, _ platform: (os: String, architecture: String), _ index: Int
    ) -> String {
        let labels = label.map { "{\(quoted(key)):\(quoted($0))}" } ?? "null"
        return "{\"architecture\":\(quoted(platform.architecture)),\"os\":\(quoted(platform.os)),"
            + "\"comment\":\(quoted("\(seed) \(index)")),\"config\":{\"Labels\":\(labels)},"
            + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}"
    }

    private func image(
        config: String, layer: String, bulk: [[UInt8]] = [], annotation: String?,
        blobs: inout [RegistryImage.Blob]
    ) -> RegistryImage.Manifest {
        let config = blob(config)
        let layers =
            [blob(layer)] + bulk.map { RegistryImage.Blob(digest: sha256($0), bytes: $0) }
        blobs += [config] + layers
        let isOCI = types == .oci
        let configType =
            isOCI
            ? "application/vnd.oci.image.config.v1+json"
            : "application/vnd.docker.container.image.v1+json"
        let layerType =
            isOCI
            ? "application/vnd.oci.image.layer.v1.tar+gzip"
            : "application/vnd.docker.image.rootfs.diff.tar.gzip"
        let descriptors = layers.map { descriptor(layerType, $0.digest, $0.bytes.count) }
        return manifest(
            isOCI
                ? "application/vnd.oci.image.manifest.v1+json"
                : "application/vnd.docker.distribution.manifest.v2+json",
            "\"config\":\(descriptor(configType, config.digest, config.bytes.count)),"
                + "\"layers\":[\(descriptors.joined(separator: ","))]",
            annotation: annotation)
    }

    private func manifest(
        _ type: String, _ content: String, annotation: String?
    ) -> RegistryImage.Manifest {
        let own = saysMediaType ? "\"mediaType\":\(quoted(type))," : ""
        let note = annotation.map { ",\"annotations\":{\(quoted(key)):\(quoted($0))}" } ?? ""
        let blank = isOddlySpaced ? " \n\t " : ""
        let doubled = isOddlySpaced ? ",\"x\":1,\"x\":2" : ""
        let text =
            "{\(blank)\"schemaVersion\":\(blank)2,\(own)\(content)\(note)\(doubled)}"
            + (isOddlySpaced ? "\n" : "")
        let bytes = Array(text.utf8)
        return RegistryImage.Manifest(digest: sha256(bytes), mediaType: type, bytes: bytes)
    }

    private func entry(
        _ manifest: RegistryImage.Manifest, platform: (os: String, architecture: String),
        refersTo: Digest?
    ) -> String {
        let note =
            refersTo.map {
                ",\"annotations\":{\"vnd.docker.reference.digest\":\(quoted("\($0)")),"
                    + "\"vnd.docker.reference.type\":\"attestation-manifest\"}"
            } ?? ""
        return "{\"mediaType\":\(quoted(manifest.mediaType)),"
            + "\"digest\":\(quoted("\(manifest.digest)")),\"size\":\(manifest.bytes.count),"
            + "\"platform\":{\"os\":\(quoted(platform.os)),"
            + "\"architecture\":\(quoted(platform.architecture))}\(note)}"
    }

    private func descriptor(_ type: String, _ digest: Digest, _ size: Int) -> String {
        "{\"mediaType\":\(quoted(type)),\"digest\":\(quoted("\(digest)")),\"size\":\(size)}"
    }

    private func blob(_ text: String) -> RegistryImage.Blob {
        let bytes = Array(text.utf8)
        return RegistryImage.Blob(digest: sha256(bytes), bytes: bytes)
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.map { "\"\\".contains($0) ? "\\\($0)" : String($0) }.joined() + "\""
    }
}
