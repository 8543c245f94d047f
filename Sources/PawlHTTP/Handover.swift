import PawlCore
import Synchronization

/// Hands pieces from the task that receives them to the one that takes them, a few ahead at most:
/// a taker that is slow slows the sender down.
final class Handover: Sendable {
    private struct State {
        var pieces: [[UInt8]] = []
        var ending: Result<Void, PortFailure>?
        var isAbandoned = false
        var giver: CheckedContinuation<Void, Never>?
        var taker: CheckedContinuation<Void, Never>?

        mutating func wakeGiver() -> CheckedContinuation<Void, Never>? {
            defer { giver = nil }
            return giver
        }

        mutating func wakeTaker() -> CheckedContinuation<Void, Never>? {
            defer { taker = nil }
            return taker
        }
    }

    /// Own choice: pieces of up to 64 KiB, enough that neither side waits for the other's turn.
    private static let piecesMax = 8

    private let state = Mutex(State())

    /// Gives a piece and waits while too many are untaken. `false`: nobody will take more.
    func give(_ piece: [UInt8]) async -> Bool {
        let taker = state.withLock { state in
            state.pieces.append(piece)
            return state.wakeTaker()
        }
        taker?.resume()
        await withCheckedContinuation { continuation in
            let mayGoOn = state.withLock { state in
                if state.pieces.count < Self.piecesMax || state.isAbandoned { return true }
                state.giver = continuation
                return false
            }
            if mayGoOn { continuation.resume() }
        }
        return state.withLock { !$0.isAbandoned }
    }

    /// Nothing more will be given.
    func end(_ ending: Result<Void, PortFailure>) {
        state.withLock { state in
            state.ending = state.ending ?? ending
            return state.wakeTaker()
        }?.resume()
    }

    /// Nothing more will be taken.
    func abandon() {
        state.withLock { state in
            state.isAbandoned = true
            state.pieces = []
            return state.wakeGiver()
        }?.resume()
    }

    /// The next piece; `nil` after the last one.
    func take() async throws(PortFailure) -> [UInt8]? {
        while true {
            let (piece, ending, giver) = state.withLock { state in
                let piece = state.pieces.isEmpty ? nil : state.pieces.removeFirst()
                return (piece, state.ending, piece == nil ? nil : state.wakeGiver())
            }
            giver?.resume()
            if let piece { return piece }
            if let ending {
                try ending.get()
                return nil
            }
            await withCheckedContinuation { continuation in
                let mayGoOn = state.withLock { state in
                    if !state.pieces.isEmpty || state.ending != nil { return true }
                    state.taker = continuation
                    return false
                }
                if mayGoOn { continuation.resume() }
            }
        }
    }
}
