import PawlCore
package import PawlEngine
package import PawlPorts

extension CommitStatus {
    /// The context of a channel's status.
    package static func context(of receipt: Receipt) -> String { "pawl/\(receipt.channel)" }

    /// What a receipt says beside the commit that it judged; `nil` where none was judged, or
    /// nothing may be written.
    package init?(_ receipt: Receipt, link: String?) {
        guard receipt.commit != nil, !receipt.isDryRun else { return nil }
        let state: State
        switch receipt.outcome {
        case .promote, .settled: state = .success
        case .hold: state = .pending
        case .reject: state = .failure
        case .error: state = .error
        case .ignore: return nil
        }
        self.init(
            context: Self.context(of: receipt), state: state,
            description: Escaped.terminal(Self.sentence(receipt)), link: link)
    }

    private static func sentence(_ receipt: Receipt) -> String {
        let order = receipt.override.map { " by order of \($0.actor): \($0.reason)" } ?? ""
        switch (receipt.outcome, receipt.foremost) {
        case (.promote, _) where receipt.override != nil && receipt.goesBack:
            return "rolled back\(receipt.entryWords)\(order)"
        case (.promote, _): return "promoted\(receipt.entryWords)\(order)"
        // A look that settled gives reasons about newer commits.
        case (.settled, let reason?) where [.behind, .superseded].contains(reason.code):
            return "\(reason.code.rawValue): \(reason.text)"
        case (.settled, _): return "live"
        case (_, let reason?): return "\(reason.code.rawValue): \(reason.text)"
        case (_, nil): return receipt.outcome.rawValue
        }
    }
}
