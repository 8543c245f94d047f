import PawlCore

/// The answers of a well-behaved registry (distribution-spec, "Endpoints"), as distribution gives
/// them.
struct RegistryRouter {
    let store: RegistryStore
    let authentication: LoopbackRegistry.Authentication
    /// Whether this read of a tag shows what it was before.
    let isStale: (_ path: String, _ tag: String) -> Bool

    func answer(_ request: RecordedRequest) -> CannedResponse {
        if request.path == "/token", case .bearer(let authority, _) = authentication {
            return authority.answer(request)
        }
        guard request.path.hasPrefix("/v2") else {
            return CannedResponse(
                status: 404, contentType: "text/plain", text: "404 page not found\n")
        }
        var parts = request.path.split(separator: "/").map(String.init)
        // `…/blobs/uploads/ID` is read as `…/uploads/ID`.
        if parts.count > 4, parts[(parts.count - 3)...].starts(with: ["blobs", "uploads"]) {
            parts.remove(at: parts.count - 3)
        }
        let action = ["PUT", "POST"].contains(request.method) ? "push" : "pull"
        let path = parts.count > 3 ? parts[1..<(parts.count - 2)].joined(separator: "/") : nil
        if let refusal = refusal(request, path, action) { return refusal }
        guard let path, let reference = parts.last else {
            return .json("{}")
        }
        switch (parts[parts.count - 2], request.method) {
        case ("manifests", "GET"), ("manifests", "HEAD"):
            return manifest(reference, in: path, accept: request.header("Accept") ?? "")
        case ("manifests", "PUT"): return put(request, reference, in: path)
        case ("blobs", "POST"): return upload(request, in: path)
        case ("uploads", "PUT"): return take(request, in: path)
        case ("referrers", "GET"): return referrers(of: reference, in: path)
        case ("blobs", "GET"), ("blobs", "HEAD"): return blob(reference, in: path)
        default: return error(405, "UNSUPPORTED", "The operation is unsupported.")
        }
    }

    func refusal(
        _ request: RecordedRequest, _ path: String?, _ action: String
    ) -> CannedResponse? {
        let header = request.header("Authorization")
        switch authentication {
        case .open: return nil
        case .challenges(let lines): return unauthorized(lines)
        case .basic(let user, let password):
            return header == TokenAuthority.basic(user, password)
                ? nil : unauthorized([#"Basic realm="registry""#])
        case .bearer(let authority, let realm):
            let realm = realm ?? "http://\(request.header("Host") ?? "")/token"
            guard let path else {
                return header == nil
                    ? unauthorized(["Bearer realm=\"\(realm)\",service=\"loopback\""]) : nil
            }
            if authority.allows(header, action, on: path) { return nil }
            let actions = action == "push" ? "pull,push" : "pull"
            return unauthorized([
                "Bearer realm=\"\(realm)\",service=\"loopback\","
                    + "scope=\"repository:\(path):\(actions)\""
                    + (header == nil ? "" : ",error=\"insufficient_scope\"")
            ])
        }
    }

    func unauthorized(_ challenges: [String]) -> CannedResponse {
        var answer = error(401, "UNAUTHORIZED", "authentication required")
        answer.headers += challenges.map { ("WWW-Authenticate", $0) }
        return answer
    }

    private func manifest(
        _ reference: String, in path: String, accept: String
    ) -> CannedResponse {
        guard store.has(path) else {
            return error(404, "NAME_UNKNOWN", "repository name not known to registry")
        }
        var digest = try? Digest(reference)
        if digest == nil {
            digest =
                isStale(path, reference)
                ? store.digestBefore(reference, in: path) : store.digest(of: reference, in: path)
        }
        guard let digest, let kept = store.manifest(digest, in: path) else {
            return error(404, "MANIFEST_UNKNOWN", "manifest unknown")
        }
        let types = accept.split(separator: ",").map { $0.filter { $0 != " " } }
        guard types.contains(kept.mediaType[...].filter { $0 != " " }) else {
            return error(
                404, "MANIFEST_UNKNOWN",
                "OCI index found, but accept header does not support OCI indexes")
        }
        return CannedResponse(
            status: 200,
            headers: [
                ("Content-Type", kept.mediaType), ("Docker-Content-Digest", "\(digest)"),
                ("ETag", "\"\(digest)\""),
            ], body: kept.bytes)
    }

    private func put(
        _ request: RecordedRequest, _ reference: String, in path: String
    ) -> CannedResponse {
        guard let type = request.header("Content-Type"), type != "application/json" else {
            return error(400, "MANIFEST_INVALID", "manifest invalid")
        }
        let parts = ManifestParts(request.body)
        if store.habits.checksParts, let missing = missing(parts, in: path) {
            return error(400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry: \(missing)")
        }
        let digest = store.add(request.body, mediaType: type, to: path)
        if let asked = try? Digest(reference) {
            guard asked == digest else {
                return error(400, "DIGEST_INVALID", "provided digest did not match content")
            }
        } else {
            store.tag(digest, as: reference, in: path)
        }
        return CannedResponse(
            status: 201,
            headers: [
                ("Location", "/v2/\(path)/manifests/\(digest)"),
                ("Docker-Content-Digest", "\(digest)"),
            ]
                + (store.habits.listsReferrers
                    ? parts?.subject.map { [("OCI-Subject", $0.digest)] } ?? [] : []))
    }

    private func blob(_ reference: String, in path: String) -> CannedResponse {
        guard let digest = try? Digest(reference), let bytes = store.blob(digest, in: path) else {
            return error(404, "BLOB_UNKNOWN", "blob unknown to registry")
        }
        return CannedResponse(
            status: 200,
            headers: [
                ("Content-Type", "application/octet-stream"),
                ("Docker-Content-Digest", "\(digest)"),
            ], body: bytes)
    }

    /// `detail` is an object here, as in distribution 2.8; other registries send a string.
    func error(_ status: Int, _ code: String, _ message: String) -> CannedResponse {
        .json(
            "{\"errors\":[{\"code\":\"\(code)\",\"message\":\"\(message)\",\"detail\":{\"x\":1}}]}",
            status: status)
    }
}
