import PawlCore
import PawlEngine
package import PawlPorts
import Synchronization

/// The work of a server: every channel of every policy is kept where its rules say. Events, sweeps
/// and people only say "look"; what a channel comes to is decided by the same engine as everywhere.
package final class Keeper: Sendable {
    struct State {
        /// The generation in force, in the order of the files.
        var sites: [Site] = []
        /// One for each channel, and those that are on their last step.
        var lanes: [ChannelAddress: Lane] = [:]
        /// Addresses of channels served, by repository.
        var concerned: [CodeRepository: [Lane]] = [:]
        var newLanes: [Lane] = []
        var newSites: [Site] = []
        var complaints: [Board.Complaint] = []
        var isStopping = false
        var deliveriesTrouble: String?
        /// Deliveries that were finished long ago could not be forgotten.
        var forgettingTrouble: String?
    }

    let deliveries: any Deliveries
    let door: any Door
    let clock: Clock
    let pace: Pace
    let chance: @Sendable () -> Double
    /// What is shown.
    package let board: Board
    /// What is counted.
    package let tally: Tally

    let timekeeper: Timekeeper
    let inHand = InHand()
    let readerBell = Bell()
    let lanesBell = Bell()
    let sitesBell = Bell()
    let state = Mutex(State())

    /// A keeper of nothing yet. `chance` gives numbers from 0 up to 1, for jitter alone.
    package init(
        deliveries: any Deliveries, door: any Door, clock: Clock, pace: Pace = Pace(),
        board: Board = Board(), tally: Tally = Tally(), chance: @escaping @Sendable () -> Double
    ) {
        self.deliveries = deliveries
        self.door = door
        self.clock = clock
        self.pace = pace
        self.board = board
        self.tally = tally
        self.chance = chance
        timekeeper = Timekeeper(clock: clock)
    }

    /// Works until `stop`, or until the task is cancelled. Returns when every step has ended.
    package func run() async {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await self.timekeeper.run()
                return false
            }
            group.addTask {
                await self.readDeliveries()
                return false
            }
            group.addTask {
                await self.sweepSites()
                return false
            }
            group.addTask {
                await self.workLanes()
                return true
            }
            // Nobody writes but the lanes; when the last step has ended, nothing is worth waiting
            // for.
            while let areLanesDone = await group.next(), !areLanesDone {}
            group.cancelAll()
        }
    }

    /// No new step begins; `run` returns when those under way have ended. Deliveries whose work had
    /// not begun wait for the next start.
    package func stop() {
        let (lanes, sites) = state.withLock { state in
            state.isStopping = true
            return (Array(state.lanes.values), state.sites)
        }
        for lane in lanes { _ = lane.close() }
        for site in sites { site.close() }
        for bell in [readerBell, lanesBell, sitesBell] { bell.ring() }
    }

    /// Says that deliveries were kept.
    package func read() { readerBell.ring() }

    /// What pages and the API may ask for.
    package var orders: Orders {
        Orders(
            carryOut: { order, address in
                await self.lane(at: address)?.order(order)
            },
            explain: { name, address in
                guard let ground = self.lane(at: address)?.ground else { return nil }
                return await ground.site.judge.carryOut(
                    .promote(name, nil), on: ground.channel)
            },
            read: { self.read() })
    }

    private func lane(at address: ChannelAddress) -> Lane? {
        state.withLock { $0.isStopping ? nil : $0.lanes[address] }
    }

    /// Whether no new work is taken.
    var isStopping: Bool { state.withLock { $0.isStopping } }

    // MARK: Workers

    /// One worker for each channel, new ones as policies are taken over.
    private func workLanes() async {
        await withDiscardingTaskGroup { group in
            while !isStopping, !Task.isCancelled {
                let lanes = state.withLock { state in
                    defer { state.newLanes = [] }
                    return state.newLanes
                }
                for lane in lanes { group.addTask { await self.work(lane) } }
                await lanesBell.wait()
            }
        }
    }

    /// One sweeper for each policy.
    private func sweepSites() async {
        await withDiscardingTaskGroup { group in
            while !isStopping, !Task.isCancelled {
                let sites = state.withLock { state in
                    defer { state.newSites = [] }
                    return state.newSites
                }
                for site in sites { group.addTask { await self.sweep(site) } }
                await sitesBell.wait()
            }
        }
    }
}
