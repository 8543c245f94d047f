import PawlCore
import PawlPorts

/// Bounds all waits of one run.
enum TimeLimit {
    /// The work's value, or `nil` if the limit came first; the work is cancelled then. What it had
    /// begun to write may still be applied: the next run finds out and finishes it.
    static func run<Value: Sendable>(
        _ limit: Duration, clock: Clock, _ work: @escaping @Sendable () async -> Value
    ) async -> Value? {
        await withTaskGroup(of: Value?.self) { group in
            group.addTask { await work() }
            group.addTask {
                do { try await clock.sleep(limit) } catch {}
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}

/// A command that only reads had no answer within its time: exit status 3.
struct OutOfTime: Error {
    let limit: Duration

    var text: String { "There was no answer within \(limit.inWords)." }
    var advice: String { "Run again, with a longer --timeout if this repeats." }
}
