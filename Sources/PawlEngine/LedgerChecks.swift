package import PawlCore
import PawlPorts

extension Engine {
    /// Whether the ledger of every channel can be read, and written as far as `writing` can tell
    /// without writing; `nil` where the store cannot tell. Empty without a ledger.
    package func ledgerChecks(
        of channels: [Channel],
        writing: (@Sendable (ChannelKey) async throws(PortFailure) -> Void)?
    ) async -> [LiveCheck] {
        var checks: [LiveCheck] = []
        for channel in channels {
            guard let ledger = ledger(of: channel) else { continue }
            let subject = "ledger of \(channel.name)"
            let found: String
            do throws(PortFailure) {
                let tip = try await ledger.tip()
                found = tip.map { "has \($0.entry.number) entries" } ?? "has no entry yet"
            } catch {
                checks.append(LiveCheck(subject: subject, result: .unreadable(error)))
                continue
            }
            do throws(PortFailure) {
                try await writing?(ledger.key)
                checks.append(LiveCheck(subject: subject, result: .fine(found)))
            } catch {
                checks.append(
                    LiveCheck(
                        subject: subject,
                        result: .wrong(
                            "can be read, but not written: \(error.detail)",
                            advice: error.advice ?? "Give Pawl the right to write it.")))
            }
        }
        return checks
    }
}
