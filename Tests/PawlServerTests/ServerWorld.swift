import PawlCore
import PawlEngine
import PawlPorts
import PawlServer
import PawlTesting
import Synchronization

/// A server's work on a world of the scenario language, by virtual time.
final class ServerWorld: Sendable {
    /// Deliveries that a test makes up: the body is the number of an observation.
    final class TestDoor: Door {
        private let seen = Mutex<[Observation]>([])

        func body(of observation: Observation) -> [UInt8] {
            seen.withLock { seen in
                seen.append(observation)
                return Array("\(seen.count - 1)".utf8)
            }
        }

        func observation(event: String, body: [UInt8]) throws(PortFailure) -> Observation {
            let number = Int(String(decoding: body, as: UTF8.self))
            guard let number, let observation = seen.withLock({ $0.dropFirst(number).first })
            else {
                throw PortFailure(code: .garbled, subject: event, detail: "it is no payload")
            }
            return observation
        }
    }

    let scenario: Scenario
    let time: VirtualTime
    let deliveries: MemoryDeliveries
    let door: TestDoor
    let keeper: Keeper
    /// What the sweep is answered; by default what the branch and the runs come to.
    let sweepFails = Mutex<PortFailure.Code?>(nil)
    let sweeps = Mutex(0)
    private let isRunning = Mutex(false)
    private let sent = Mutex(0)

    init(
        _ scenario: Scenario = Scenario(keepsLedger: true), pace: Pace = Pace(),
        deliveries: MemoryDeliveries = MemoryDeliveries(), door: TestDoor = TestDoor(),
        policy: Policy? = nil, isServing: Bool = true, chance: Double = 0
    ) {
        self.scenario = scenario
        self.deliveries = deliveries
        self.door = door
        time = VirtualTime(scenario.clock)
        keeper = Keeper(
            deliveries: deliveries, door: door, clock: time.clock, pace: pace, chance: { chance })
        if isServing { keeper.serve([served(policy)]) }
    }

    /// What is served, under the scenario's policy or another.
    func served(
        _ policy: Policy? = nil, file: String = "pawl.yaml",
        missed: (@Sendable () async throws(PortFailure) -> [Delivery])? = nil,
        lifetime: Lifetime? = nil
    ) -> Served {
        Served(
            policy: policy ?? scenario.policy, file: file,
            ports: scenario.ports(clock: time.clock),
            fingerprint: { () throws(PortFailure) in
                self.sweeps.withLock { $0 += 1 }
                if let code = self.sweepFails.withLock({ $0 }) {
                    throw PortFailure(code: code, subject: "host", detail: "nobody answered")
                }
                let tip = self.scenario.host.tip(of: self.scenario.policy.branch)
                let runs = self.scenario.host.allRuns.map { "\($0.id) \($0.attempt) \($0.state)" }
                return "\(tip.map { "\($0)" } ?? "") \(runs)"
            },
            missed: missed, lifetime: lifetime)
    }

    /// Begins the work, and lets everything happen that needs no time.
    func start() {
        isRunning.withLock { $0 = true }
        time.begin {
            await self.keeper.run()
            self.isRunning.withLock { $0 = false }
        }
        time.settle()
    }

    /// A server that has promoted "a" and has nothing to do.
    static func atRest() -> ServerWorld {
        let world = ServerWorld()
        world.scenario.ready("a")
        world.start()
        return world
    }

    /// Whether the work has not ended.
    var runs: Bool { isRunning.withLock { $0 } }

    func pass(_ duration: Duration) { time.advance(by: duration) }

    // MARK: Events

    /// An event arrives: kept, and the keeper is told.
    @discardableResult
    func deliver(_ observation: Observation, id: String? = nil) -> String {
        let number = sent.withLock { sent in
            sent += 1
            return sent
        }
        let delivery = Delivery(
            id: id ?? "delivery-\(number)", event: "workflow_run",
            body: door.body(of: observation), received: time.now)
        let deliveries = deliveries
        _ = time.answer { try? await deliveries.keep(delivery) }
        keeper.read()
        time.settle()
        return delivery.id
    }

    /// The newest run of a workflow for a commit ended, and its event arrives.
    @discardableResult
    func event(_ workflow: String, _ name: String, id: String? = nil) -> String {
        guard let run = scenario.newestRun(of: workflow, name) else { return "no such run" }
        return deliver(.runEnded(run, repository: scenario.policy.repository), id: id)
    }

    /// A new commit whose gate the host still lists as running; its event alone says that it ended
    /// well.
    func eventAhead(of name: String) {
        scenario.commit(name)
        scenario.built(name)
        gateAhead(of: name)
    }

    /// The same for a commit that is there and built.
    func gateAhead(of name: String) {
        scenario.gate("e2e.yml", name, .inProgress)
        guard var run = scenario.newestRun(of: "e2e.yml", name) else { return }
        run.state = .success
        run.updatedAt = time.now
        deliver(.runEnded(run, repository: scenario.policy.repository))
    }

    /// A person's order, carried out in turn.
    func order(_ order: Engine.Order, at channel: ChannelAddress? = nil) -> Receipt? {
        let address = channel ?? address
        let orders = keeper.orders
        return time.answer { await orders.carryOut(order, address) } ?? nil
    }

    // MARK: What came of it

    var address: ChannelAddress {
        ChannelAddress(scenario.policy.repository, scenario.channel.name)
    }
    var situation: Situation? { keeper.board.situation(of: address) }
    var live: String { scenario.live }

    /// How often something was counted, over all series that have these labels.
    func count(_ metric: Metric, _ labels: KeyValuePairs<String, String> = [:]) -> Double {
        keeper.tally.values.filter { series, _ in
            series.name == metric.rawValue
                && labels.allSatisfy { series.labels.contains(Tally.Label($0.key, $0.value)) }
        }.values.reduce(0, +)
    }

    /// Another channel of the same images, moving another tag.
    static func channel(_ name: String, like channel: Channel, gates: [Gate]? = nil) -> Channel {
        Channel(
            name: wellFormed { try Channel.Name(name) }, images: channel.images,
            from: channel.from, to: wellFormed { try Tag(name) }, build: channel.build,
            gates: gates ?? channel.gates, forward: channel.forward)
    }

    /// Serves so many channels, all at rest, in place of the scenario's.
    func serveMany(_ count: Int) {
        scenario.ready("a")
        let channels = (0..<count).map { Self.channel("c\($0)", like: scenario.channel) }
        keeper.serve([served(Self.policy(scenario.policy, channels: channels))])
    }

    static func policy(_ policy: Policy, channels: [Channel]) -> Policy {
        Policy(
            repository: policy.repository, host: policy.host, branch: policy.branch,
            channels: channels)
    }
}
