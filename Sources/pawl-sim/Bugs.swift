import Glibc
import PawlSimulator

/// `pawl-sim --bugs`: each planted bug is turned on until a world shows it.
struct Bugs: Sendable {
    /// Seeds that a bug may take at most.
    let seeds: Int
    let jobs: Int
    /// Bugs whose names contain this; all if empty.
    let only: String

    /// Whether every bug was caught.
    func run() async -> Bool {
        guard PlantedSwitch.isThere else {
            print("There are no bugs in this build: run make sim-bugs.")
            return false
        }
        var caught = 0
        var most = 0
        let bugs = PlantedBug.all.enumerated().filter { _, bug in
            only.isEmpty || bug.name.contains(only)
        }
        for (index, bug) in bugs {
            PlantedSwitch.turn(on: index + 1)
            if let (seed, promises) = await firstFailure() {
                caught += 1
                most = max(most, seed + 1)
                print(line(bug, "\(seed + 1)", promises.map(\.rawValue).joined(separator: ", ")))
            } else {
                print(line(bug, "never", ""))
            }
            fflush(nil)
        }
        PlantedSwitch.turn(on: 0)
        print("\n\(caught) of \(bugs.count) planted bugs are caught, the last after \(most) seeds.")
        return caught == bugs.count
    }

    private func line(_ bug: PlantedBug, _ seeds: String, _ promises: String) -> String {
        let padding = String(repeating: " ", count: max(1, 7 - seeds.count))
        return padding + seeds + "  \(promises.isEmpty ? "-" : promises)  \(bug.name): \(bug.story)"
    }

    /// Whether the same world keeps every promise when no bug is on.
    private func isClean(without seed: UInt64) -> Bool {
        let bug = PlantedSwitch.current
        defer { PlantedSwitch.turn(on: bug) }
        PlantedSwitch.turn(on: 0)
        var campaign = Campaign()
        campaign.play(seed, twice: false)
        return campaign.isClean
    }

    /// The first seed that shows it, and the promises that it breaks.
    private func firstFailure() async -> (seed: Int, [Promise])? {
        let batch = 128
        for start in stride(from: 0, to: seeds, by: batch) {
            let failures = await withTaskGroup(of: [Campaign.Failure].self) { group in
                for job in 0..<jobs {
                    group.addTask {
                        var campaign = Campaign()
                        for seed in stride(from: start + job, to: start + batch, by: jobs)
                        where campaign.failures.isEmpty {
                            campaign.play(UInt64(seed), twice: false)
                        }
                        return campaign.failures
                    }
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
            let first = failures.sorted { $0.seed < $1.seed }.first { isClean(without: $0.seed) }
            if let first {
                let promises = Promise.allCases.filter { promise in
                    first.breaches.contains { $0.promise == promise }
                }
                return (Int(first.seed), promises)
            }
        }
        return nil
    }
}
