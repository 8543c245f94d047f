import Synchronization

/// Deliveries whose work has not ended: each waits for a step of every channel that it concerns.
final class InHand: Sendable {
    private struct Hand {
        var shares: Int
        var word: String?
    }

    private struct State {
        var hands: [String: Hand] = [:]
        /// Ended, and not yet recorded as that: ids by their word.
        var ended: [String: [String]] = [:]
    }

    /// What a delivery came to where its channels differ: the first of these.
    private static let words = ["promote", "error", "reject", "hold", "settled", "ignore"]

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.hands.count } }

    /// Whether the delivery is being worked on, or ended and is still to be recorded.
    func has(_ id: String) -> Bool {
        state.withLock { state in
            state.hands[id] != nil || state.ended.values.contains { $0.contains(id) }
        }
    }

    /// Takes a delivery that concerns so many channels.
    func take(_ id: String, shares: Int) {
        state.withLock { $0.hands[id] = Hand(shares: shares) }
    }

    /// A step ended in which these deliveries had a share.
    func end(_ ids: [String], as word: String) {
        state.withLock { state in
            for id in ids {
                guard var hand = state.hands[id] else { continue }
                hand.shares -= 1
                hand.word = Self.stronger(hand.word, word)
                state.hands[id] = hand.shares > 0 ? hand : nil
                if hand.shares <= 0 { state.ended[hand.word ?? word, default: []].append(id) }
            }
        }
    }

    /// A delivery ended without any step.
    func pass(_ id: String, as word: String) {
        state.withLock { $0.ended[word, default: []].append(id) }
    }

    /// Those that ended, to be recorded; by their word.
    func takeEnded() -> [(word: String, ids: [String])] {
        state.withLock { state in
            defer { state.ended = [:] }
            return state.ended.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }
    }

    /// They could not be recorded; they are again to be.
    func giveBack(_ ids: [String], as word: String) {
        state.withLock { $0.ended[word, default: []] += ids }
    }

    private static func stronger(_ one: String?, _ other: String) -> String {
        guard let one else { return other }
        return words.first { $0 == one || $0 == other } ?? one
    }
}
