import PawlCore
import PawlEngine
import PawlPorts
import PawlTesting
import Synchronization

/// The ledger of a world, as one errand reaches it: reads may be outdated, and the append is
/// conditional whatever was read.
struct StagedLedger: Ledger {
    let world: World
    let errand: Errand

    func tip(of key: ChannelKey) async throws(PortFailure) -> LedgerLine? {
        try await world.call(.tip, of: errand) { state, asOf in
            (.success(state.lines[..<Self.count(state, asOf)].last), nil)
        }
    }

    func append(
        title: String, text: String, to key: ChannelKey, after tip: LedgerLine?
    ) async throws(PortFailure) -> Appended {
        let (errand, stage) = (errand, world.stage)
        return try await world.call(.append, of: errand) { state, _ in
            guard state.lines.last == tip else {
                return (.success(.moved(to: state.lines.last)), nil)
            }
            guard let entry = try? Entry(text: text) else {
                return (.failure(World.failure(.garbled)), nil)
            }
            let line = LedgerLine(text: text, mark: "\(state.lines.count + 1)")
            state.lines.append(line)
            state.trace.add(.recorded(errand, entry), at: stage.now)
            return (.success(.added(line)), nil)
        }
    }

    func lines(
        of key: ChannelKey, before line: LedgerLine?, limit: Int
    ) async throws(PortFailure) -> [LedgerLine] {
        let end = line.flatMap { Int($0.mark) }.map { $0 - 1 }
        return try await world.call(.lines, of: errand) { state, asOf in
            let lines = state.lines[..<Self.count(state, asOf)]
            return (.success(lines.prefix(end ?? lines.count).suffix(limit).reversed()), nil)
        }
    }

    /// How many lines there were at a moment.
    private static func count(_ state: World.State, _ asOf: Int64) -> Int {
        state.trace.truth.entries.points.count { $0.at <= asOf }
    }
}

extension StagedLedger {
    /// What an errand needs to write the ledger.
    var access: LedgerAccess {
        LedgerAccess(
            lines: self, host: "github.com", actor: "errand \(errand)", hash: Self.hash,
            identifier: { self.world.identifier(of: self.errand) })
    }

    /// Tells texts apart; nobody in a world forges one.
    static let hash: @Sendable (String) -> String = { text in
        let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325) { hash, byte in
            (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        return "sha256:" + hex(hash) + hex(mixed(hash)) + hex(mixed(hash, 1)) + hex(mixed(hash, 2))
    }

    static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}

extension World {
    /// An id that no other entry has, the same in every run of the seed.
    func identifier(of errand: Errand) -> String {
        let (key, count) = state.withLock { state in
            state.errands[errand].identifiers += 1
            return (state.errands[errand].key, state.errands[errand].identifiers)
        }
        return StagedLedger.hex(key) + StagedLedger.hex(mixed(key, UInt64(count)))
    }
}
