import Synchronization

/// What a server shows: the newest situation of each channel, and what is wrong with its policies.
/// Written by the keeper, read by pages; each change has a number, so that a page that is open can
/// ask for what came after it.
package final class Board: Sendable {
    private struct State {
        var situations: [ChannelAddress: Situation] = [:]
        var complaints: [Complaint] = []
        var number = 0
        var listeners: [Int: AsyncStream<Int>.Continuation] = [:]
        var nextListener = 0
    }

    /// A policy file that could not be taken over; the last good one stays in force.
    package struct Complaint: Hashable, Sendable {
        /// The file.
        package let file: String
        /// What is wrong with it, with line and column.
        package let text: String

        /// A complaint in full.
        package init(file: String, text: String) {
            self.file = file
            self.text = text
        }
    }

    private let state = Mutex(State())

    /// A board with nothing on it.
    package init() {}

    /// Every channel's situation, in the order of their addresses.
    package var situations: [Situation] {
        state.withLock { $0.situations.values.sorted { $0.address < $1.address } }
    }

    /// One channel's situation.
    package func situation(of address: ChannelAddress) -> Situation? {
        state.withLock { $0.situations[address] }
    }

    /// What is wrong with policy files now.
    package var complaints: [Complaint] { state.withLock { $0.complaints } }

    /// How often something changed.
    package var number: Int { state.withLock { $0.number } }

    /// Changes a channel's situation, and tells whoever listens.
    package func update(
        _ address: ChannelAddress, _ change: (inout Situation) -> Void
    ) {
        state.withLock { state in
            guard var situation = state.situations[address] else { return }
            change(&situation)
            guard situation != state.situations[address] else { return }
            state.situations[address] = situation
            tell(&state)
        }
    }

    /// Says which channels there are; situations of those that stay are kept.
    package func show(_ channels: [Situation], complaints: [Complaint]) {
        state.withLock { state in
            var situations: [ChannelAddress: Situation] = [:]
            for fresh in channels {
                var situation = fresh
                if let old = state.situations[fresh.address], old.channel == fresh.channel {
                    situation = old
                }
                situations[fresh.address] = situation
            }
            state.situations = situations
            state.complaints = complaints
            tell(&state)
        }
    }

    /// The number of each change from now on; a slow listener gets the newest alone. Ends when the
    /// listener stops listening.
    package func changes() -> AsyncStream<Int> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Int.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            defer { state.nextListener += 1 }
            state.listeners[state.nextListener] = continuation
            return state.nextListener
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { $0.listeners[id] = nil }
        }
        return stream
    }

    private func tell(_ state: inout State) {
        state.number += 1
        for listener in state.listeners.values { listener.yield(state.number) }
    }
}
