/// What a credential helper is asked.
package struct HelperQuestion: Hashable, Sendable, CustomStringConvertible {
    /// `docker-credential-gcloud`; looked for on PATH.
    package let program: String
    /// The name under which helpers keep the registry's credential.
    package let server: String
    /// The file or variable that names the helper.
    package let place: String

    /// A question.
    package init(program: String, server: String, place: String) {
        self.program = program
        self.server = server
        self.place = place
    }

    /// `docker-credential-gcloud, named in /root/.docker/config.json`.
    package var description: String { "\(program), named in \(place)" }
}
