import PawlImages
import Synchronization
import Testing

@Suite("Streams at once")
struct CopySlotsTests {
    private struct Torn: Error {}

    private final class Counts: Sendable {
        private let state = Mutex((now: 0, most: 0, done: 0))

        func begin() {
            state.withLock { state in
                state.now += 1
                state.most = max(state.most, state.now)
            }
        }

        func end() { state.withLock { $0.now -= 1 } }

        func done() { state.withLock { $0.done += 1 } }

        var all: (now: Int, most: Int, done: Int) { state.withLock { $0 } }
    }

    private static func work(_ number: Int, _ slots: CopySlots, _ counts: Counts) async {
        do {
            try await slots.with { () throws(Torn) in
                counts.begin()
                for _ in 0..<5 { await Task.yield() }
                counts.end()
                if number % 7 == 0 { throw Torn() }
            }
        } catch {}
        counts.done()
    }

    @Test("there are never more than slots, all get their turn, and a failure gives its slot back")
    func slots() async {
        let slots = CopySlots(3)
        let counts = Counts()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<60 {
                group.addTask { await Self.work(number, slots, counts) }
            }
        }
        #expect(counts.all == (now: 0, most: 3, done: 60))
    }
}
