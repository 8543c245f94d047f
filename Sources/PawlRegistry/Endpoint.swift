import PawlCore
import PawlHTTP

/// Where a registry is spoken to.
struct Endpoint: Sendable {
    /// The registry's name in references.
    let host: RegistryHost
    /// Its settings in the policy.
    let settings: RegistrySettings

    /// Docker Hub is served by another host than it is named by.
    private var servingHost: String { host == .dockerHub ? "registry-1.docker.io" : "\(host)" }

    /// Plain HTTP only for this machine, or where the policy says so.
    var scheme: String { host.isLoopback || settings.insecure ? "http" : "https" }

    /// `https://ghcr.io`.
    var origin: String { "\(scheme)://\(servingHost)" }

    /// The address of a manifest by tag or digest. Both are checked values without a character that
    /// needs escaping.
    func manifest(_ reference: String, of repository: Repository) -> String {
        "\(origin)/v2/\(repository.path)/manifests/\(reference)"
    }

    /// The address of a blob.
    func blob(_ digest: Digest, of repository: Repository) -> String {
        "\(origin)/v2/\(repository.path)/blobs/\(digest)"
    }

    /// The address that answers whether somebody may speak at all.
    var base: String { "\(origin)/v2/" }
}
