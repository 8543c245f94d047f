package import PawlCore
import PawlPorts

/// What reading a whole ledger came to.
package struct LedgerReport: Hashable, Sendable {
    /// The channel.
    package let channel: Channel.Name
    /// How many entries it has.
    package var entries: Int
    /// What is wrong with the entries themselves.
    package var faults: [LedgerFault] = []
    /// How the registry stands to the ledger, and what could not be read.
    package var reasons: [Reason] = []
    /// The state that the newest entry tells; `nil` without an entry.
    package var state: ChannelState?

    /// 0 if all is right, 1 if the ledger or the tags are not what they should be, 3 if that could
    /// not be told.
    package var exitStatus: Int32 {
        if reasons.contains(where: \.code.couldNotTell) { return 3 }
        return faults.isEmpty && reasons.isEmpty ? 0 : 1
    }
}

extension Engine {
    /// Entries of a channel, newest first.
    package func history(
        of channel: Channel, limit: Int
    ) async throws(PortFailure) -> [Entry] {
        guard let ledger = ledger(of: channel) else { return [] }
        return try await ledger.entries(limit: limit).map(\.entry)
    }

    /// Checks the chain of hashes, the fold, and the tags against the plan in force.
    package func verify(_ channel: Channel) async -> LedgerReport {
        var report = LedgerReport(channel: channel.name, entries: 0)
        guard let ledger = ledger(of: channel) else { return report }
        async let images = targetDigests(of: channel)
        let texts: [String]
        do throws(PortFailure) {
            texts = try await allLines(ledger)
        } catch {
            report.reasons = [ledgerUnreadable(error, channel)]
            return report
        }
        report.entries = texts.count
        report.faults = audit(texts, of: ledger.key, hash: ledger.access.hash)
        guard let newest = texts.last, let entry = try? Entry(text: newest) else { return report }
        report.state = entry.state
        report.reasons = differences(await images, entry, channel)
        return report
    }

    private func allLines(_ ledger: ChannelLedger) async throws(PortFailure) -> [String] {
        var newestFirst: [LedgerLine] = []
        while true {
            let page = try await ledger.access.lines.lines(
                of: ledger.key, before: newestFirst.last, limit: Limits.entryPageMax)
            newestFirst += page
            guard page.count == Limits.entryPageMax else { break }
        }
        return newestFirst.reversed().map(\.text)
    }

    /// How the tags differ from the ledger, for `verify` and `status`.
    func differences(
        _ images: [Facts.ImageFacts], _ entry: Entry, _ channel: Channel
    ) -> [Reason] {
        let gone = deleted(of: images, at: channel.to, under: entry.state).map { target in
            Reason(
                .movedByOthers, "\(target)",
                "\(target) is not there, where the ledger has "
                    + "\(entry.state.plan?.digest(of: target)?.short ?? "a digest"): somebody "
                    + "deleted it.",
                advice: "Run pawl follow to put it back; the next promotion does so too.")
        }
        switch standing(of: images, at: channel.to, under: entry.state) {
        case .followed: return gone
        case .unreadable(let target, let failure):
            return [registryReason(failure, about: "\(target)")]
        case .strange(let strange): return movedByOthers(strange, channel, nil, gone).reasons
        case .unfinished:
            return [
                Reason(
                    .unfinished, "\(channel.to)",
                    "The move to \(entry.state.plan?.commit.short ?? "a commit") of entry "
                        + "\(entry.state.plan?.entry ?? 0) was not followed to its end.",
                    advice: "Run pawl follow, or wait for the next run of any kind.")
            ]
        }
    }
}
