/// The checked rules of one repository: what `pawl.yaml` says.
package struct Policy: Hashable, Sendable {
    /// Where runs, history and diffs are asked for.
    package enum Host: String, Hashable, Sendable, CaseIterable { case github, git }

    /// The repository at the code host.
    package let repository: CodeRepository
    /// Who answers about commits and runs.
    package let host: Host
    /// The branch whose commits may be promoted.
    package let branch: BranchName
    /// Where the ledger is; `nil` for none.
    package let ledger: LedgerAddress?
    /// In the order of the file; at least one; names differ; no image:tag is in two of them.
    package let channels: [Channel]
    /// Settings of registries, by host.
    package let registries: [RegistryHost: RegistrySettings]

    /// Takes parts that a reader has checked.
    package init(
        repository: CodeRepository, host: Host, branch: BranchName, channels: [Channel],
        registries: [RegistryHost: RegistrySettings] = [:], ledger: LedgerAddress? = nil
    ) {
        self.repository = repository
        self.host = host
        self.branch = branch
        self.channels = channels
        self.registries = registries
        self.ledger = ledger
    }

    /// The channel of that name, if there is one.
    package func channel(named name: String) -> Channel? {
        channels.first { $0.name.text == name }
    }
}

/// What must be known of a registry beside its host.
package struct RegistrySettings: Hashable, Sendable {
    /// Plain HTTP although the host is not this machine.
    package let insecure: Bool
    /// The one other host whose token realm may be given this registry's credentials.
    package let authHost: RegistryHost?

    /// Settings as written under `registries:`.
    package init(insecure: Bool = false, authHost: RegistryHost? = nil) {
        self.insecure = insecure
        self.authHost = authHost
    }
}
