import PawlCore
import PawlEngine
import PawlPorts
import Synchronization

/// One policy of the generation in force, as the keeper works with it.
final class Site: Sendable {
    private struct State {
        var fingerprint: String?
        var sweptAt: Instant?
        var isClosed = false
    }

    /// When each tag was moved last, by what the engine tells.
    private final class Moves: Sendable {
        let at = Mutex<[ImageReference: Instant]>([:])
    }

    let served: Served
    /// Carries orders out.
    let engine: Engine
    /// Judges and writes nothing; it never waits for what may come yet.
    let judge: Engine
    let history: WatchedHistory
    let ledger: WatchedLedger?
    /// Rings when a sweep is due, and when it is time to end.
    let bell = Bell()
    private let moves: Moves
    private let state = Mutex(State())

    /// `isStopping` ends waits for what may come yet: a process that stops has no time for them.
    init(_ served: Served, tally: Tally, isStopping: @escaping @Sendable () -> Bool) {
        self.served = served
        history = WatchedHistory(served.ports.history)
        var ports = served.ports
        ports.history = history
        let clock = ports.clock
        ledger = ports.ledger.map { WatchedLedger($0.lines, clock: clock, tally: tally) }
        if let ledger { ports.ledger?.lines = ledger }
        let moves = Moves()
        self.moves = moves
        let observer = ports.observer
        ports.observer = Observer { event in
            if case .moved(let target, _) = event {
                moves.at.withLock { $0[target] = clock.now() }
            }
            observer.tell(event)
        }
        ports.clock = Clock(now: clock.now) { (duration) async throws(CancellationError) in
            var left = duration
            while left > .zero {
                if isStopping() { throw CancellationError() }
                try await clock.sleep(min(left, Limits.stopGlance))
                left -= Limits.stopGlance
            }
        }
        engine = Engine(ports: ports, policy: served.policy)
        ports.clock = Clock(now: clock.now) { _ throws(CancellationError) in
            throw CancellationError()
        }
        ports.observer = .none
        judge = Engine(ports: ports, policy: served.policy, isDryRun: true)
    }

    var policy: Policy { served.policy }

    func address(of channel: Channel) -> ChannelAddress {
        ChannelAddress(policy.repository, channel.name)
    }

    /// What a channel's ledger is kept under; `nil` where none is kept.
    func key(of channel: Channel) -> ChannelKey? {
        served.ports.ledger.map {
            ChannelKey(host: $0.host, repository: policy.repository, channel: channel.name)
        }
    }

    /// When the last of a channel's tags was moved; `nil` if none was by this process.
    func movedAt(_ channel: Channel) -> Instant? {
        moves.at.withLock { at in
            channel.images.compactMap { at[ImageReference($0.target, channel.to)] }.max()
        }
    }

    /// When the host last said what changed.
    var sweptAt: Instant? { state.withLock { $0.sweptAt } }

    /// Takes a sweep's answer: whether something changed since the one before. The first one has
    /// nothing to be compared with.
    func swept(_ fingerprint: String?, at moment: Instant) -> Bool {
        state.withLock { state in
            defer { (state.fingerprint, state.sweptAt) = (fingerprint, moment) }
            return fingerprint == nil || fingerprint != state.fingerprint
        }
    }

    /// Whether its sweeps shall end.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Ends its sweeps; a sweep under way goes on to its end.
    func close() {
        state.withLock { $0.isClosed = true }
        bell.ring()
    }
}
