package import PawlCore
import PawlEngine
import PawlPorts
import Synchronization

// What people say, and what the ledger has.

extension Scenario {
    /// `pawl rollback --to`.
    @discardableResult
    package func rollback(
        _ name: String, reason: String = "it is broken", dryRun: Bool = false
    ) async -> String {
        let why = wellFormed { try Override(actor: "ada", reason: reason) }
        return await order(.rollback(.full(.named(name)), why), dryRun: dryRun)
    }

    /// `pawl hold`.
    @discardableResult
    package func hold(reason: String? = nil, dryRun: Bool = false) async -> String {
        await order(.hold(statement(reason)), dryRun: dryRun)
    }

    /// `pawl resume`.
    @discardableResult
    package func resume(from name: String? = nil) async -> String {
        await order(.resume(name.map { .full(.named($0)) }, statement(nil)))
    }

    /// `pawl quarantine`.
    @discardableResult
    package func quarantine(_ name: String) async -> String {
        await order(.quarantine(.full(.named(name)), statement(nil)))
    }

    /// `pawl adopt`.
    @discardableResult
    package func adopt() async -> String { await order(.adopt(statement(nil))) }

    /// `pawl follow`.
    @discardableResult
    package func follow() async -> String { await order(.follow(statement(nil))) }

    private func order(_ order: Engine.Order, dryRun: Bool = false) async -> String {
        await note(engine(dryRun: dryRun).carryOut(order, on: channel))
    }

    private func statement(_ reason: String?) -> Statement {
        wellFormed { try Statement(actor: "ada", reason: reason) }
    }

    /// What the channel's ledger is kept under.
    package var key: ChannelKey {
        ChannelKey(host: "github.com", repository: policy.repository, channel: channel.name)
    }

    /// The entries, oldest first.
    package var entries: [Entry] { ledger.all(key).compactMap { try? Entry(text: $0) } }

    /// The entries, oldest first, in a word or two each: `promote b`, `followed 1`.
    package var log: [String] {
        entries.map { entry in
            switch entry.event {
            case .move(let movement, _): "\(movement.kind.rawValue) \(name(movement.commit))"
            case .hold: "hold"
            case .resume(let floor, _): "resume \(name(floor))"
            case .quarantine(let commit): "quarantine \(name(commit))"
            case .followed(let plan): "followed \(plan)"
            case .announcing(let plan, _): "announcing \(plan)"
            case .announced(let plan, _, .delivered): "announced \(plan)"
            case .announced(let plan, _, .failed): "dead letter \(plan)"
            }
        }
    }

    /// What is wrong with the ledger; empty if all is right.
    package var faults: [LedgerFault] { audit(ledger.all(key), of: key, hash: Self.hash) }

    /// What hooks were told so far: `dispatch redeploy.yml 2`.
    package var announced: [String] { state.withLock { $0.told } }

    /// A hook cannot be told any more.
    package func deafen(_ hook: String) { _ = state.withLock { $0.deaf.insert(hook) } }

    /// A hash that needs no cryptography; the same in every run.
    package static func hash(_ text: String) -> String { "\(Digest.named(text))" }

    var ledgerAccess: LedgerAccess {
        LedgerAccess(
            lines: ledger, host: "github.com", actor: "pawl", hash: Self.hash,
            identifier: {
                let number = self.state.withLock { state in
                    state.identifiers += 1
                    return state.identifiers
                }
                return String(CommitID.named("entry \(number)").hex.prefix(32))
            })
    }

    var announcer: Announcer {
        Announcer { (announcement, hook, _) throws(PortFailure) in
            let isDeaf = self.state.withLock { state in
                state.told.append("\(hook.name) \(announcement.number)")
                return state.deaf.contains(hook.name)
            }
            guard isDeaf else { return "told" }
            throw PortFailure(
                code: .unreachable, subject: hook.name, detail: "nobody answered")
        }
    }
}
