/// Whether the server can do its work now: one line for each thing that it needs.
package struct Readiness: Hashable, Sendable {
    /// One thing that the work needs.
    package struct Check: Hashable, Sendable {
        /// What: `ledger acme/app/latest`, `host acme/app`, `policy acme.yaml`, `deliveries`.
        package let name: String
        /// What is wrong with it, in one sentence; `nil` if nothing is.
        package let trouble: String?

        /// A check in full.
        package init(name: String, trouble: String?) {
            self.name = name
            self.trouble = trouble
        }
    }

    /// Every check, in a stable order.
    package let checks: [Check]

    /// Readiness by its checks.
    package init(checks: [Check]) { self.checks = checks }

    /// Whether nothing is wrong.
    package var isReady: Bool { checks.allSatisfy { $0.trouble == nil } }
}
