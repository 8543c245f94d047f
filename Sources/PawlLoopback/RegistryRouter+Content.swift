import FoundationEssentials
import PawlCore

/// What a registry reads in a manifest before it takes it.
struct ManifestParts: Decodable {
    struct Part: Decodable {
        let digest: String
        var mediaType: String?
        var urls: [String]?
    }

    var config: Part?
    var layers: [Part]?
    var manifests: [Part]?
    var subject: Part?
    var artifactType: String?

    init?(_ bytes: [UInt8]) {
        guard let parts = try? JSONDecoder().decode(Self.self, from: Data(bytes)) else {
            return nil
        }
        self = parts
    }
}

// Content on its way in, and lists of referrers.

extension RegistryRouter {
    /// The first part that is not there. Layers with other places for themselves need not be.
    func missing(_ parts: ManifestParts?, in path: String) -> String? {
        guard let parts else { return nil }
        let layers = (parts.layers ?? []).filter { $0.urls?.isEmpty ?? true }
        for part in layers + (parts.config.map { [$0] } ?? []) {
            guard let digest = try? Digest(part.digest), store.blob(digest, in: path) != nil else {
                return part.digest
            }
        }
        for part in parts.manifests ?? [] {
            guard let digest = try? Digest(part.digest), store.manifest(digest, in: path) != nil
            else { return part.digest }
        }
        return nil
    }

    /// Mounts a blob of another repository, or begins an upload.
    func upload(_ request: RecordedRequest, in path: String) -> CannedResponse {
        if let text = request.query("mount"), let from = request.query("from"),
            let digest = try? Digest(text), store.habits.mounts
        {
            if let refusal = refusal(request, from, "pull") { return refusal }
            if let bytes = store.blob(digest, in: from) ?? store.blob(digest, in: path) {
                store.add(blob: bytes, to: path)
                return CannedResponse(
                    status: 201,
                    headers: [
                        ("Location", "/v2/\(path)/blobs/\(digest)"),
                        ("Docker-Content-Digest", "\(digest)"),
                    ])
            }
        }
        return CannedResponse(
            status: 202, headers: [("Location", "/v2/\(path)/blobs/uploads/1?_state=a%2Fb")])
    }

    /// The end of an upload: all of it in one request.
    func take(_ request: RecordedRequest, in path: String) -> CannedResponse {
        guard request.query("_state") == "a/b" else {
            return error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry")
        }
        guard let digest = request.query("digest").flatMap({ try? Digest($0) }),
            sha256(request.body) == digest
        else { return error(400, "DIGEST_INVALID", "provided digest did not match content") }
        store.add(blob: request.body, to: path)
        return CannedResponse(
            status: 201,
            headers: [
                ("Location", "/v2/\(path)/blobs/\(digest)"),
                ("Docker-Content-Digest", "\(digest)"),
            ])
    }

    /// The list of referrers of a manifest, empty if there are none.
    func referrers(of reference: String, in path: String) -> CannedResponse {
        guard store.habits.listsReferrers else {
            return CannedResponse(
                status: 404, contentType: "text/plain", text: "404 page not found\n")
        }
        let entries = store.manifests(in: path).compactMap { digest, kept -> String? in
            guard let parts = ManifestParts(kept.bytes), parts.subject?.digest == reference else {
                return nil
            }
            let type = parts.artifactType ?? parts.config?.mediaType ?? ""
            return "{\"mediaType\":\"\(kept.mediaType)\",\"digest\":\"\(digest)\","
                + "\"size\":\(kept.bytes.count),\"artifactType\":\"\(type)\"}"
        }
        return CannedResponse(
            status: 200, contentType: "application/vnd.oci.image.index.v1+json",
            text: "{\"schemaVersion\":2,"
                + "\"mediaType\":\"application/vnd.oci.image.index.v1+json\","
                + "\"manifests\":[\(entries.joined(separator: ","))]}")
    }
}
