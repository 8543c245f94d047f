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
        /// To the registry.
        var trips: Int?
    }

    let subject: String
    /// Added to each request, in ms.
    let delay: Int
    let walls: [Duration]
    let registryRequests: Int
    let hostRequests: Int
    /// `nil` without a delay: requests that end at once follow each other by chance.
    let trips: Trips?
    var targets = Targets()

    var figures: [Figure] {
        func figure(_ name: String, _ count: Int, _ most: Int?) -> Figure {
            Figure(
                name: name, subject: subject, delay: delay, unit: "1", values: [Double(count)],
                atMost: most.map { Double($0) })
        }
        var figures = [
            Figure(
                name: "wall", subject: subject, delay: delay, unit: "ms",
                values: walls.map(\.inMilliseconds), atMost: delay == 50 ? targets.wall : nil),
            figure("registry-requests", registryRequests, targets.registryRequests),
            figure("host-requests", hostRequests, targets.hostRequests),
        ]
        if let trips {
            figures.append(figure("registry-round-trips", trips.registry, targets.trips))
            figures.append(figure("round-trips", trips.all, nil))
        }
        return figures
    }
}
