package import PawlCore
package import PawlPorts
import Synchronization

/// A ledger in memory, with a dial for each thing that a real one does wrong.
package final class MemoryLedger: Ledger {
    /// What was asked of it.
    package enum Call: Hashable, Sendable, CaseIterable { case tip, append, lines }

    private struct Fault: Sendable {
        let call: Call
        let code: PortFailure.Code
        let takesEffect: Bool
        var remaining: Int
    }

    private struct State: Sendable {
        var lines: [ChannelKey: [LedgerLine]] = [:]
        var faults: [Fault] = []
        var calls: [Call] = []
        var staleTips = 0
        var hidden = 1
        var deniedWins = 0
        var hook: (@Sendable (Call) async -> Void)?
    }

    private let state = Mutex(State())

    /// A ledger without a line.
    package init() {}

    /// Everything that was asked so far.
    package var calls: [Call] { state.withLock { $0.calls } }

    /// The lines of a channel in truth, oldest first.
    package func all(_ key: ChannelKey) -> [String] {
        state.withLock { $0.lines[key, default: []].map(\.text) }
    }

    /// The next calls of a kind fail; `takesEffect`: after they did what was asked.
    package func fail(
        _ call: Call, with code: PortFailure.Code, takesEffect: Bool = false, times: Int = .max
    ) {
        state.withLock {
            $0.faults.append(
                Fault(call: call, code: code, takesEffect: takesEffect, remaining: times))
        }
    }

    /// Every fault is over.
    package func recover() { state.withLock { $0.faults = [] } }

    /// The next reads of a tip show the line before the newest one.
    package func lag(reads: Int) { hideNewest(1, reads: reads) }

    /// The next reads of a tip do not show the newest lines.
    package func hideNewest(_ lines: Int, reads: Int) {
        state.withLock { ($0.hidden, $0.staleTips) = (lines, reads) }
    }

    /// The next appends that win are said to have lost, as after a repetition by the transport.
    package func denyWins(times: Int) { state.withLock { $0.deniedWins = times } }

    /// Somebody deletes a channel's ledger.
    package func forget(_ key: ChannelKey) { state.withLock { $0.lines[key] = nil } }

    /// Somebody puts another text in the place of a line; the places count from 1.
    package func damage(_ key: ChannelKey, entry number: Int, _ text: String) {
        state.withLock { state in
            state.lines[key]?[number - 1] = LedgerLine(text: text, mark: "\(number)")
        }
    }

    /// Called before each call has its effect, outside of every lock.
    package func before(_ hook: (@Sendable (Call) async -> Void)?) {
        state.withLock { $0.hook = hook }
    }

    package func tip(of key: ChannelKey) async throws(PortFailure) -> LedgerLine? {
        if let failure = await arrive(.tip) { throw failure.failure }
        return state.withLock { state in
            let lines = state.lines[key, default: []]
            guard state.staleTips > 0 else { return lines.last }
            state.staleTips -= 1
            return lines.dropLast(state.hidden).last
        }
    }

    package func append(
        title: String, text: String, to key: ChannelKey, after tip: LedgerLine?
    ) async throws(PortFailure) -> Appended {
        let fault = await arrive(.append)
        if let fault, !fault.takesEffect { throw fault.failure }
        let answer: Appended = state.withLock { state in
            let lines = state.lines[key, default: []]
            guard lines.last == tip else { return .moved(to: lines.last) }
            let line = LedgerLine(text: text, mark: "\(lines.count + 1)")
            state.lines[key, default: []].append(line)
            guard state.deniedWins > 0 else { return .added(line) }
            state.deniedWins -= 1
            return .moved(to: line)
        }
        if let fault { throw fault.failure }
        return answer
    }

    package func lines(
        of key: ChannelKey, before line: LedgerLine?, limit: Int
    ) async throws(PortFailure) -> [LedgerLine] {
        if let failure = await arrive(.lines) { throw failure.failure }
        return state.withLock { state in
            let all = state.lines[key, default: []]
            let end = line.flatMap { Int($0.mark) }.map { $0 - 1 } ?? all.count
            return all.prefix(max(0, end)).suffix(limit).reversed()
        }
    }

    private func arrive(_ call: Call) async -> (failure: PortFailure, takesEffect: Bool)? {
        let hook = state.withLock { state in
            state.calls.append(call)
            return state.hook
        }
        await hook?(call)
        return state.withLock { state in
            let index = state.faults.firstIndex { $0.call == call && $0.remaining > 0 }
            guard let index else { return nil }
            state.faults[index].remaining -= 1
            let fault = state.faults[index]
            let failure = PortFailure(
                code: fault.code, subject: "the ledger",
                detail: "the ledger answered \(fault.code.rawValue)")
            return (failure, fault.takesEffect)
        }
    }
}
