import PawlCore
import PawlPorts
import Synchronization

// What operators read: metrics and readiness.

extension Keeper {
    /// Everything counted, as Prometheus reads it. Gauges that only make sense now are set here.
    package func metrics() -> String {
        let now = clock.now()
        let (sites, lanes, complaints) = state.withLock { state in
            (state.sites, Array(state.lanes.values), state.complaints)
        }
        for site in sites {
            guard let sweptAt = site.sweptAt else { continue }
            tally.set(
                now.since(sweptAt).seconds,
                Metric.sweepAge(["repository": "\(site.policy.repository)"]))
        }
        tally.set(Double(inHand.count), Metric.inHand())
        tally.set(Double(lanes.map(\.waiting).reduce(0, +)), Metric.waiting())
        tally.set(Double(complaints.count), Metric.complaints())
        tally.set(
            Double(readiness().checks.count { $0.trouble != nil }), Metric.notReady())
        return Exposition(tally).text
    }

    /// Whether the work can be done now, as far as the newest answer of each thing tells. Asks
    /// nothing, so that it can be asked at any rate.
    package func readiness() -> Readiness {
        let (sites, lanes, complaints, trouble) = state.withLock { state in
            (
                state.sites, state.lanes.values.sorted { $0.address < $1.address },
                state.complaints, state.deliveriesTrouble ?? state.forgettingTrouble
            )
        }
        var checks = [Readiness.Check(name: "deliveries", trouble: trouble)]
        for site in sites.sorted(by: { $0.served.file < $1.served.file }) {
            checks.append(
                Readiness.Check(
                    name: "host \(site.policy.repository)", trouble: site.history.trouble))
        }
        for lane in lanes {
            let ground = lane.ground
            guard let ledger = ground.site.ledger, let key = ground.site.key(of: ground.channel)
            else { continue }
            checks.append(
                Readiness.Check(
                    name: "ledger \(lane.address)", trouble: ledger.trouble(of: key)))
        }
        let files = Set(sites.map(\.served.file)).union(complaints.map(\.file)).sorted()
        for file in files {
            let texts = complaints.filter { $0.file == file }.map(\.text)
            checks.append(
                Readiness.Check(
                    name: "policy \(file)",
                    trouble: texts.isEmpty ? nil : texts.joined(separator: " ")))
        }
        return Readiness(checks: checks)
    }

    /// Takes away what is told of a channel that is gone.
    func forget(_ address: ChannelAddress) {
        let gone = Tally.Label("channel", "\(address)")
        for metric in Metric.allCases where metric.kind == .gauge {
            tally.forget(metric.rawValue) { $0 == gone }
        }
    }
}
