import PawlCore
package import PawlPorts

/// Credentials as `docker login`, `crane auth login`, `skopeo login` and `podman login` leave them,
/// and GitHub's own token for its own registry.
///
/// Asked in this order: `REGISTRY_AUTH_FILE`, `DOCKER_AUTH_CONFIG` (the document itself),
/// `DOCKER_CONFIG` (a folder) or `~/.docker/config.json`, podman's files, `GITHUB_TOKEN` for
/// ghcr.io; within a document the registry's helper first. The first that has a credential for the
/// registry wins. A file that cannot be read ends the search: another identity must not take the
/// place of the one that was meant (CVE-2021-41092).
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
    private let clock: Clock
    private let read: Read
    private let userID: UInt32?

    /// Takes the environment, a clock for the helpers' time limit, and a way to read files.
    /// `userID`: whose podman's file is looked for where there is no `XDG_RUNTIME_DIR`.
    package init(
        environment: [String: String], clock: Clock, userID: UInt32? = nil, read: @escaping Read
    ) {
        self.environment = environment
        self.userID = userID
        self.clock = clock
        self.read = read
    }

    /// This, as a source. Each helper is asked once for a host, by all who have this source.
    package var source: CredentialSource {
        let answers = HelperAnswers(of: CredentialHelper(environment: environment, clock: clock))
        return CredentialSource(
            trail: { (repository) throws(PortFailure) in try trail(for: repository) },
            ask: { (question) async throws(PortFailure) in
                try await answers.answer(to: question)
            })
    }

    private func trail(for repository: Repository) throws(PortFailure) -> CredentialTrail {
        var steps: [CredentialTrail.Step] = []
        for place in places {
            do throws(PortFailure) {
                guard let bytes = try document(at: place) else { continue }
                steps += try DockerConfig.steps(for: repository, in: bytes, named: place.name)
            } catch {
                // A helper that is asked before may make the place needless.
                guard !steps.isEmpty else { throw error }
                return CredentialTrail(steps + [.unreadable(error)])
            }
            if case .found = steps.last { return CredentialTrail(steps) }
        }
        if repository.host.description == "ghcr.io", let token = value("GITHUB_TOKEN") {
            let credential = Credential.password(
                user: value("GITHUB_ACTOR") ?? "unset", password: token)
            steps.append(.found(FoundCredential(credential, origin: "GITHUB_TOKEN")))
        }
        return CredentialTrail(steps)
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
        } else if let userID {
            places.append(Place(name: "/run/containers/\(userID)/auth.json", text: nil))
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
                detail: "the credentials in \(place.name) could not be read (\(error.detail))",
                advice: "Make \(place.name) readable, or log in again.")
        }
    }
}
