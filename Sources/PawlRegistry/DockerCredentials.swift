package import PawlCore

/// Credentials as `docker login`, `crane auth login`, `skopeo login` and `podman login` leave them,
/// and GitHub's own token for its own registry.
///
/// Asked in this order: `REGISTRY_AUTH_FILE`, `DOCKER_AUTH_CONFIG` (the document itself),
/// `DOCKER_CONFIG` (a folder) or `~/.docker/config.json`, podman's files, `GITHUB_TOKEN` for
/// ghcr.io. The first that has an entry for the registry wins. A file that cannot be read ends the
/// search: another identity must not take the place of the one that was meant (CVE-2021-41092).
package struct DockerCredentials: Sendable {
    /// The bytes of a file; `nil` if there is none at that path.
    package typealias Read = @Sendable (_ path: String) throws(Unreadable) -> [UInt8]?

    /// A file is there and cannot be read.
    package struct Unreadable: Error, Hashable, Sendable {
        /// Why, as a clause.
        package let detail: String

        /// A failure with its clause.
        package init(detail: String) { self.detail = detail }
    }

    private let environment: [String: String]
    private let read: Read

    /// Takes the environment and a way to read files.
    package init(environment: [String: String], read: @escaping Read) {
        self.environment = environment
        self.read = read
    }

    /// This, as a source.
    package var source: CredentialSource {
        CredentialSource { (repository) throws(PortFailure) in try credential(for: repository) }
    }

    /// The credential for a repository, or the anonymous one.
    package func credential(
        for repository: Repository
    ) throws(PortFailure) -> FoundCredential {
        var helper: String?
        for place in places {
            guard let bytes = try document(at: place) else { continue }
            let found = try DockerConfig.entry(for: repository, in: bytes, named: place.name)
            if let credential = found.credential {
                return FoundCredential(credential, origin: place.name)
            }
            helper = helper ?? found.helper.map { "\($0), named in \(place.name)" }
        }
        if repository.host.description == "ghcr.io", let token = value("GITHUB_TOKEN") {
            return FoundCredential(
                .password(user: value("GITHUB_ACTOR") ?? "unset", password: token),
                origin: "GITHUB_TOKEN")
        }
        return FoundCredential(.anonymous, origin: nil, unaskedHelper: helper)
    }

    private struct Place {
        let name: String
        let text: String?
        var isNamedByUser = false
    }

    private var places: [Place] {
        var places: [Place] = []
        if let path = value("REGISTRY_AUTH_FILE") {
            places.append(Place(name: path, text: nil, isNamedByUser: true))
        }
        if let text = value("DOCKER_AUTH_CONFIG") {
            places.append(Place(name: "DOCKER_AUTH_CONFIG", text: text))
        }
        if let folder = value("DOCKER_CONFIG") {
            places.append(Place(name: "\(folder)/config.json", text: nil))
        } else if let home = value("HOME") {
            places.append(Place(name: "\(home)/.docker/config.json", text: nil))
        }
        if let folder = value("XDG_RUNTIME_DIR") {
            places.append(Place(name: "\(folder)/containers/auth.json", text: nil))
        }
        if let folder = value("XDG_CONFIG_HOME") ?? value("HOME").map({ "\($0)/.config" }) {
            places.append(Place(name: "\(folder)/containers/auth.json", text: nil))
        }
        return places
    }

    private func value(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private func document(at place: Place) throws(PortFailure) -> [UInt8]? {
        if let text = place.text { return Array(text.utf8) }
        do throws(Unreadable) {
            let bytes = try read(place.name)
            guard bytes != nil || !place.isNamedByUser else {
                throw Unreadable(detail: "there is no such file")
            }
            return bytes
        } catch {
            throw PortFailure(
                code: .denied, subject: place.name,
                detail: "the credentials could not be read (\(error.detail))",
                advice: "Make \(place.name) readable, or log in again.")
        }
    }
}
