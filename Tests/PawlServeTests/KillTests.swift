import FoundationEssentials
import PawlCore
import PawlLoopback
import PawlPorts
import PawlSQLite
import PawlTesting
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the server said that it kept.
private final class Acknowledged: Sendable {
    private let ids = Mutex<Set<String>>([])

    var all: Set<String> { ids.withLock { $0 } }

    func add(_ id: String) { ids.withLock { _ = $0.insert(id) } }
}

@Suite("Killed at any moment", .serialized)
struct KillTests {
    /// `make crash` asks for more.
    private static var cycles: Int {
        ProcessInfo.processInfo.environment["PAWL_CRASH_CYCLES"].flatMap(Int.init) ?? 300
    }

    @Test("not one acknowledged delivery is lost, however often the server is killed under load")
    func nothingIsLost() async throws {
        let folder = try Folder()
        try folder.write(
            """
            version: 1
            repository: acme/app
            branch: main
            channels:
              latest:
                images: [127.0.0.1:1/acme/app]
                from: "staging-{short_sha}"
                build: build.yml
            """, to: "pawl.yaml")
        let client = LoopbackClient()
        let acknowledged = Acknowledged()
        let body = Array(#"{"zen": "\#(String(repeating: "x", count: 1500))"}"#.utf8)
        var chance = SystemRandomNumberGenerator()
        for cycle in 0..<Self.cycles {
            // Nobody answers at that address, so that the work itself is over at once.
            let server = try await ServeProcess.start(
                in: folder, environment: ["GITHUB_API_URL": "http://127.0.0.1:1"])
            let delay = Duration.microseconds(Int64.random(in: 0..<40_000, using: &chance))
            await withTaskGroup(of: Void.self) { group in
                for sender in 0..<8 {
                    group.addTask {
                        for number in 0..<10_000 {
                            let id = "\(cycle)-\(sender)-\(number)"
                            let status = try? await server.deliver(
                                body, id: id, event: "ping", by: client)
                            guard status == 202 else { return }
                            acknowledged.add(id)
                        }
                    }
                }
                group.addTask {
                    try? await Task.sleep(for: delay)
                    _ = try? await server.end(by: SIGKILL)
                }
            }
        }
        await client.shutdown()
        let all = acknowledged.all
        // A run in which next to nothing was acknowledged would prove nothing.
        #expect(all.count > Self.cycles)
        let store = try await SQLiteDeliveries(
            at: "\(folder.path)/pawl-deliveries.db", clock: ManualClock().clock)
        var lost = 0
        for id in all {
            let again = Delivery(
                id: id, event: "ping", body: [], received: Instant(millisecondsSinceEpoch: 0))
            if try await store.keep(again) != .known { lost += 1 }
        }
        store.close()
        #expect(lost == 0, "\(lost) of \(all.count) are lost")
    }
}
