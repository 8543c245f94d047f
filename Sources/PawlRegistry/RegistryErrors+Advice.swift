import PawlCore

extension RegistryErrors {
    private var host: RegistryHost { repository.host }
    private var kind: RegistryKind { RegistryKind(host) }
    private var login: String { kind.login(to: host) }

    /// One sentence for somebody who was refused.
    func denial(_ answer: RegistryAnswer) -> String {
        let found = credential.known ?? .none
        if let helper = found.emptyHelper, found.credential == .anonymous {
            return "Log in to \(host) with \(login): \(helper), has no credential for it."
        }
        if found.credential == .anonymous {
            return "Log in to \(host) with \(login), or check the name: a registry does not tell a "
                + "private repository from a missing one."
        }
        if answer.mentions("expired") {
            return "Log in to \(host) again with \(login)."
        }
        return kind == .gitHub ? gitHubDenial(answer) : rightDenial
    }

    /// A package that is there lets a workflow in by its own list, whatever the token may do.
    private func gitHubDenial(_ answer: RegistryAnswer) -> String {
        let access =
            "the workflow's repository the role Write under \"Manage Actions access\" in the "
            + "settings of the package \(repository)"
        if answer.mentions("not allowed to write organization package") { return "Give \(access)." }
        guard action == .write || answer.mentions("write_package"), let right = kind.rightToPush
        else { return rightDenial }
        return "Give the token \(right), and \(access)."
    }

    private var rightDenial: String {
        switch action {
        case .read:
            let right = kind.rightToPull.map { ": it needs \($0)" } ?? ""
            return "Log in to \(host) with an account that may pull (\(login))\(right). Check the "
                + "name too: a registry does not tell a private repository from a missing one."
        case .write:
            let right = kind.rightToPush.map { ": it needs \($0)" } ?? ""
            return "Log in to \(host) with an account that may push to \(repository) "
                + "(\(login))\(right)."
        }
    }
}
