import Glibc
import PawlSimulator

/// Many worlds, on several threads, and the story of the first that breaks a promise.
struct Seeds: Sendable {
    let from: UInt64
    let count: UInt64
    let jobs: Int

    /// What one thread did, and the processor time that it took for worlds of either kind.
    private struct Share: Sendable {
        var plain = Campaign()
        var recorded = Campaign()
        var plainSeconds = 0.0
        var recordedSeconds = 0.0
    }

    /// Whether every promise was kept.
    func run() async -> Bool {
        let share = await withTaskGroup(of: Share.self) { group in
            for job in 0..<jobs { group.addTask { play(job) } }
            return await group.reduce(into: Share()) { whole, share in
                whole.plain.add(share.plain)
                whole.recorded.add(share.recorded)
                whole.plainSeconds += share.plainSeconds
                whole.recordedSeconds += share.recordedSeconds
            }
        }
        var whole = share.plain
        whole.add(share.recorded)
        print(whole.text)
        print(
            "\(rate(share.plain, share.plainSeconds)) worlds a second and core without a ledger, "
                + "\(rate(share.recorded, share.recordedSeconds)) with one")
        for seed in whole.endless { print("seed \(seed) does not come to an end") }
        for seed in whole.unequal { print("seed \(seed) gave two different traces") }
        for failure in whole.failures {
            print(
                "seed \(failure.seed): "
                    + failure.breaches.map { "\($0.promise.rawValue): \($0.text)" }
                    .joined(separator: "; "))
        }
        if let first = whole.failures.first {
            print("\nThe shortest story of seed \(first.seed):\n")
            print(story(of: first.seed, shrinking: true))
        }
        return whole.isClean
    }

    private func play(_ job: Int) -> Share {
        var share = Share()
        for seed in stride(from: from + UInt64(job), to: from + count, by: jobs) {
            let began = processorSeconds()
            if Script.drawn(seed).shape.hasLedger {
                share.recorded.play(seed)
                share.recordedSeconds += processorSeconds() - began
            } else {
                share.plain.play(seed)
                share.plainSeconds += processorSeconds() - began
            }
        }
        return share
    }

    private func rate(_ campaign: Campaign, _ seconds: Double) -> Int {
        seconds > 0 ? Int(Double(campaign.seeds + campaign.twice) / seconds) : 0
    }

    /// Of this thread, so that what else the machine does is left out.
    private func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
