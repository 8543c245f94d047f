import PawlLoopback

/// Something that is run several times, at both delays: how it is prepared, run, and looked at
/// afterwards.
struct Job: Sendable {
    let subject: String
    var targets = Row.Targets()
    /// Before each run, not timed and not counted.
    var prepare: @Sendable () async throws -> Void = {}
    /// The run; gives the times that count.
    let run: @Sendable () async throws -> Spent
    /// After each run: whether it did what it must have done.
    var expect: @Sendable () async throws -> Void = {}

    /// Milliseconds added to each request: none, and a registry on the same continent.
    static let delays = [0, 50]

    /// Runs it `runs` times at each delay, once more at first to warm caches of the machine.
    func rows(_ rig: Rig, runs: Int) async throws -> [Row] {
        var rows: [Row] = []
        for delay in Self.delays {
            rig.setDelay(milliseconds: delay)
            var spent: [Spent] = []
            var counts: Set<[Int]> = []
            var trips: Set<Row.Trips> = []
            for round in 0...runs {
                try await prepare()
                rig.forgetRequests()
                let one = try await run()
                try await expect()
                guard round > 0 else { continue }
                spent.append(one)
                counts.insert([rig.registryRequests, rig.hostRequests])
                trips.insert(rig.trips)
            }
            // The worst run counts, if they differ.
            rows.append(
                Row(
                    subject: subject, delay: delay, spent: spent,
                    registryRequests: counts.map { $0[0] }.max() ?? 0,
                    hostRequests: counts.map { $0[1] }.max() ?? 0,
                    trips: delay == 0 ? nil : trips.max { $0.all < $1.all },
                    wallWithoutDelay: delay == 0 ? nil : rows.first?.wall.median,
                    targets: targets))
        }
        rig.setDelay(milliseconds: 0)
        return rows
    }
}
