import PawlCore
package import PawlPorts

/// What a run needs to write a ledger beside the store itself.
package struct LedgerAccess: Sendable {
    /// Where lines are kept.
    package var lines: any Ledger
    /// The code host's name in the entries.
    package var host: String
    /// Who runs this: the actor of its entries.
    package var actor: String
    /// The hash of a line: `sha256:` and 64 digits.
    package var hash: @Sendable (String) -> String
    /// A new id: 32 random lower-case hex digits.
    package var identifier: @Sendable () -> String

    /// Access in full.
    package init(
        lines: any Ledger, host: String, actor: String,
        hash: @escaping @Sendable (String) -> String,
        identifier: @escaping @Sendable () -> String
    ) {
        self.lines = lines
        self.host = host
        self.actor = actor
        self.hash = hash
        self.identifier = identifier
    }
}
