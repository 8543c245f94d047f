/// One job of one program at one delay: several figures.
struct Row: Sendable {
    /// The longest chain of requests that followed each other.
    struct Trips: Hashable, Sendable {
        /// Of those to the registry and its token service.
        let registry: Int
        /// Of all.
        let all: Int
    }

    /// The most that a job should cost.
    struct Targets: Sendable {
        /// At 50 ms.
        var wall: Double?
        var registryRequests: Int?
        var hostRequests: Int?
        /// Round trips to the registry.
        var trips: Int?
        /// The same by the chain, where this machine keeps up with the requests: where it does not,
        /// requests that were sent at once are served one after another, and look like a chain.
        var chain: Int?
    }

    let subject: String
    /// Added to each request, in ms.
    let delay: Int
    let spent: [Spent]
    let registryRequests: Int
    let hostRequests: Int
    /// `nil` without a delay: requests that end at once follow each other by chance.
    let trips: Trips?
    /// The median in ms, where this row is one with a delay.
    let wallWithoutDelay: Double?
    var targets = Targets()

    var wall: Figure {
        Figure(
            name: "wall", subject: subject, delay: delay, unit: "ms",
            values: spent.map(\.wall.inMilliseconds), atMost: delay == 50 ? targets.wall : nil)
    }

    /// How many delays the run waited for, one after another: the second way to tell, by time, and
    /// the one that still holds where this machine cannot keep up.
    var waits: Figure? {
        wallWithoutDelay.map { without in
            Figure(
                name: "waits", subject: subject, delay: delay, unit: "1",
                values: [(wall.median - without) / Double(delay)],
                // One more than to the registry: the look at the host afterwards. Times are not
                // whole, so half of one is let pass.
                atMost: targets.trips.map { Double($0) + 1.5 })
        }
    }

    var figures: [Figure] {
        func figure(_ name: String, _ count: Int, _ most: Int?) -> Figure {
            Figure(
                name: name, subject: subject, delay: delay, unit: "1", values: [Double(count)],
                atMost: most.map { Double($0) })
        }
        var figures = [
            wall,
            Figure(
                name: "cpu", subject: subject, delay: delay, unit: "ms",
                values: spent.map(\.cpu.inMilliseconds)),
            figure("registry-requests", registryRequests, targets.registryRequests),
            figure("host-requests", hostRequests, targets.hostRequests),
        ]
        if let trips {
            figures.append(figure("registry-chain", trips.registry, targets.chain))
            figures.append(figure("chain", trips.all, nil))
        }
        if let waits { figures.append(waits) }
        return figures
    }
}
