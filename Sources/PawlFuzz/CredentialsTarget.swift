import PawlCore
import PawlPorts
import PawlRegistry

extension FuzzTarget {
    /// Docker's and podman's credentials: a helper is a program's name and no path, nothing that is
    /// shown tells a secret, and no registry gets what is kept for another.
    static let credentials = FuzzTarget("credentials") { bytes throws(Broken) in
        let credentials = DockerCredentials(
            environment: ["HOME": "/home/reader"], clock: SleepClock().clock,
            read: { path in path == "/home/reader/.docker/config.json" ? bytes : nil })
        let document = try? JSONValue(parsing: bytes)
        let secrets = document.map { Self.secrets(in: $0) } ?? []
        let hosts = [
            "ghcr.io/acme/app": ["ghcr.io"], "acme/app": ["docker.io"],
            "localhost:5000/a/b/c": ["localhost:5000"],
        ]
        for (name, keys) in hosts.sorted(by: { $0.key < $1.key }) {
            let repository = try needed(try? Repository(name), "a constant is malformed")
            let trail: CredentialTrail
            do throws(PortFailure) {
                trail = try credentials.source.trail(repository)
            } catch {
                try Shown.checkLine(error)
                try isSecretKept(secrets, in: "\(error)", document)
                continue
            }
            try isSecretKept(secrets, in: "\(trail)", document)
            for step in trail.steps {
                switch step {
                case .helper(let question): try isProgram(question.program)
                case .found(let found):
                    let isNamed = document?["auths"]?.object?.contains { member in
                        keys.contains { member.key.lowercased().contains($0) }
                    }
                    try hold(
                        isNamed != false || found.credential == .anonymous,
                        "\(name) gets what is kept for another registry")
                case .unreadable(let failure):
                    try Shown.checkLine(failure)
                    try isSecretKept(secrets, in: "\(failure)", document)
                }
            }
        }
    }

    private static func isProgram(_ program: String) throws(Broken) {
        try hold(
            program.hasPrefix("docker-credential-") && program.utf8.count <= 200
                && program.utf8.allSatisfy { (0x21..<0x7F).contains($0) && $0 != 0x2F },
            "\(program) is no program's name")
    }

    private static func isSecretKept(
        _ secrets: [String], in text: String, _ document: JSONValue?
    ) throws(Broken) {
        // A registry's name is no secret, wherever else it stands.
        let names = (document?["auths"]?.object ?? []).map(\.key).joined(separator: " ")
        for secret in secrets where !names.hasBytes(secret) {
            try hold(!text.hasBytes(secret), "a secret is shown: \(text)")
        }
    }

    /// What stands under names of secrets, long enough not to stand in a text by chance.
    private static func secrets(in document: JSONValue) -> [String] {
        switch document {
        case .object(let members):
            members.flatMap { member in
                let isSecret = ["auth", "password", "identitytoken", "registrytoken"]
                    .contains(member.key)
                let own = isSecret ? member.value.string.map { [$0] } ?? [] : []
                return own.filter { $0.utf8.count >= 8 && !isOfASentence($0) }
                    + secrets(in: member.value)
            }
        case .array(let elements): elements.flatMap { secrets(in: $0) }
        default: []
        }
    }

    /// Pawl's own words may be what somebody has for a password.
    private static func isOfASentence(_ text: String) -> Bool {
        let words =
            "PortFailure CredentialTrail FoundCredential HelperQuestion code subject detail advice "
            + "steps program server place origin emptyHelper credential password identity token "
            + "registry docker.io index.docker.io https://index.docker.io/v1/ docker-credential- "
            + "/home/reader/.docker/config.json credentials could not be read Repair log in again"
        return words.hasBytes(text) || text.utf8.allSatisfy { $0 < 0x30 }
    }
}
