import PawlCore
import PawlPorts

/// The newest entry of a channel, with the line that keeps it.
struct Tip: Hashable, Sendable {
    let entry: Entry
    let line: LedgerLine

    /// All entries folded.
    var state: ChannelState { entry.state }
    /// The plan in force; `nil` before the first entry that moves.
    var plan: ChannelState.RecordedPlan? { entry.state.plan }
}

extension Tip? {
    /// All entries folded; of no entry, the state before the first.
    var state: ChannelState { self?.entry.state ?? ChannelState() }
}
