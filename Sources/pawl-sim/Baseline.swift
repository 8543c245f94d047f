import PawlSimulator

/// `pawl-sim --baseline`: the workflow that Pawl replaces, beside Pawl, in the same worlds.
struct Baseline: Sendable {
    let seeds: Int
    let jobs: Int

    func run() async {
        print("Of \(seeds) worlds of each kind, in how many …\n")
        print(line(["Faults", "", "goes back", "unproved", "split", "frozen"]))
        for weather in Comparison.Weather.allCases {
            for contender in Comparison.Contender.allCases {
                let row = await row(weather, contender)
                let counts = [row.backward, row.unproved, row.split, row.frozen]
                print(line([weather.rawValue, contender.rawValue] + counts.map(String.init)))
            }
        }
    }

    private func row(
        _ weather: Comparison.Weather, _ contender: Comparison.Contender
    ) async -> Comparison.Row {
        await withTaskGroup(of: Comparison.Row.self) { group in
            for job in 0..<jobs {
                group.addTask {
                    var row = Comparison.Row()
                    for seed in stride(from: job, to: seeds, by: jobs) {
                        Comparison.play(UInt64(seed), weather, contender, in: &row)
                    }
                    return row
                }
            }
            return await group.reduce(into: Comparison.Row()) { whole, row in
                whole.worlds += row.worlds
                whole.backward += row.backward
                whole.unproved += row.unproved
                whole.split += row.split
                whole.frozen += row.frozen
            }
        }
    }

    private func line(_ cells: [String]) -> String {
        zip(cells, [24, 20, 11, 11, 11, 11]).map { cell, width in
            cell + String(repeating: " ", count: max(1, width - cell.count))
        }.joined()
    }
}
