import PawlCore
import PawlGitHub
import PawlPorts
import PawlReport
import PawlSQLite
import PawlServer
import PawlWeb

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A server from its start to its end: policies, the keeper of their channels, and the door to the
/// network.
struct Serving: Sendable {
    /// Own choice: how often signals are looked for.
    private static let glance = Duration.milliseconds(100)
    /// Own choice: glances between two looks at the policy files, 5 s.
    private static let glancesPerLook = 50
    /// PRODUCT: a stop takes 20 s at most. What is not finished then is finished by the next start.
    private static let stopMax = Duration.seconds(18)

    /// Why a part ended.
    private enum Ending: Sendable {
        case keeper, door
        case doorFailed(String)
        case signal, late
    }

    let policies: ServingPolicies
    let deliveries: SQLiteDeliveries
    let secrets: ServingSecrets
    let address: ListenAddress
    let pace: Pace
    let console: Console

    /// Serves until a signal; gives the exit status.
    func run() async throws(WrongUse) -> Int32 {
        let keeper = Keeper(
            deliveries: deliveries, door: GitHubDoor(), clock: .system, pace: pace,
            chance: Randomness.fraction)
        let (served, complaints) = await policies.read()
        guard complaints.isEmpty else {
            await close()
            throw WrongUse(complaints.map(\.text).joined(separator: "\n"))
        }
        keeper.serve(served)
        let pages: Pages
        do {
            pages = try Pages(
                board: keeper.board, orders: keeper.orders, adminToken: secrets.admin,
                clock: .system, identifier: Randomness.identifier)
        } catch {
            await close()
            throw WrongUse("The pages of this program cannot be read: \(error)")
        }
        Self.raiseOpenFiles()
        let status = await work(keeper, door(keeper, pages), pages)
        await close()
        return status
    }

    private func door(_ keeper: Keeper, _ pages: Pages) -> WebServer {
        WebServer(
            secrets: secrets.webhooks, deliveries: deliveries, adminToken: secrets.admin,
            board: keeper.board, orders: keeper.orders, tally: keeper.tally,
            readiness: { keeper.readiness() }, exposition: { keeper.metrics() }, clock: .system,
            addPages: { pages.addRoutes(to: $0) })
    }

    private func work(_ keeper: Keeper, _ door: WebServer, _ pages: Pages) async -> Int32 {
        let (stopping, stop) = AsyncStream.makeStream(of: Never.self)
        return await withTaskGroup(of: Ending.self) { group in
            group.addTask {
                await keeper.run()
                return .keeper
            }
            group.addTask { await open(door, until: stopping) }
            group.addTask {
                await watch(keeper)
                return .signal
            }
            var status: Int32 = 0
            var parts = 2
            while parts > 0, let ending = await group.next() {
                switch ending {
                case .keeper, .door: parts -= 1
                case .doorFailed(let why):
                    console.note("pawl: cannot listen on \(address): \(why)")
                    (status, parts) = (2, parts - 1)
                    fallthrough
                case .signal:
                    if status == 0 { console.note("stopping: steps under way are finished") }
                    keeper.stop()
                    pages.stop()
                    stop.finish()
                    group.addTask {
                        do { try await PawlPorts.Clock.system.sleep(Self.stopMax) } catch {}
                        return .late
                    }
                case .late:
                    console.note(
                        "pawl: a step did not end in time; the next start finishes it")
                    exit(3)
                }
            }
            group.cancelAll()
            console.note("stopped")
            return status
        }
    }

    /// The door to the network, until it shall close; answers under way are finished.
    private func open(_ door: WebServer, until stopping: AsyncStream<Never>) async -> Ending {
        await withTaskGroup(of: Ending.self) { group in
            group.addTask {
                do {
                    try await door.run(host: address.host, port: address.port) { port in
                        console.note("listening on \(listening(port))")
                    }
                    return .door
                } catch {
                    return Task.isCancelled ? .door : .doorFailed("\(error)")
                }
            }
            group.addTask {
                for await _ in stopping {}
                return .door
            }
            let first = await group.next() ?? .door
            group.cancelAll()
            await group.waitForAll()
            return first
        }
    }

    private func listening(_ port: Int) -> String {
        "http://" + (address.host.contains(":") ? "[\(address.host)]" : address.host) + ":\(port)"
    }

    /// Looks for signals and for changed policy files until the process shall end.
    private func watch(_ keeper: Keeper) async {
        var glances = 0
        while !Signals.wantsStop, !Task.isCancelled {
            do { try await PawlPorts.Clock.system.sleep(Self.glance) } catch { return }
            glances += 1
            await policies.closeLeft()
            let wasTold = Signals.takeReload()
            guard wasTold || glances % Self.glancesPerLook == 0 && policies.haveChanged else {
                continue
            }
            let (served, complaints) = await policies.read()
            keeper.serve(served, complaints: complaints)
            for complaint in complaints {
                for line in complaint.text.split(separator: "\n") {
                    console.note("policy: \(line)")
                }
                console.note("policy: \(complaint.file) stays as it was read last")
            }
            if complaints.isEmpty { console.note("policies were read again") }
        }
    }

    private func close() async {
        await policies.close()
        deliveries.close()
    }

    /// As many connections as the system lets this process have.
    private static func raiseOpenFiles() {
        var limit = rlimit()
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(resource, &limit)
    }
}
