import Crypto
import PawlCore
import PawlEngine
import PawlGit
import PawlGitHub
import PawlHTTP
import PawlHooks
import PawlPorts
import PawlReport
import PawlSQLite

/// The ledger of one run, and its end.
struct OpenLedger: Sendable {
    /// For the engine.
    let access: LedgerAccess
    /// Whether an entry could be added, told without adding one; `nil` where the store cannot tell.
    var checkWriting: (@Sendable (ChannelKey) async throws(PortFailure) -> Void)?
    /// Gives back what is held.
    let close: @Sendable () -> Void
}

/// A ledger that could not even be opened: every question has that for its answer, so that the
/// reports of all commands tell it in their own form.
private struct UnusableLedger: Ledger {
    let failure: PortFailure

    func tip(of key: ChannelKey) async throws(PortFailure) -> LedgerLine? { throw failure }

    func append(
        title: String, text: String, to key: ChannelKey, after tip: LedgerLine?
    ) async throws(PortFailure) -> Appended {
        throw failure
    }

    func lines(
        of key: ChannelKey, before line: LedgerLine?, limit: Int
    ) async throws(PortFailure) -> [LedgerLine] {
        throw failure
    }
}

// Where the entries are kept, and who is told of them.

extension Wiring {
    /// Opens the policy's ledger; `nil` if it names none. `host` is GitHub without a memory: what a
    /// ledger answers must be as it is now.
    func openLedger(_ host: GitHubHost?, for purpose: Purpose) async -> OpenLedger? {
        switch policy.ledger {
        case nil: return nil
        case .memory:
            return unusable(
                PortFailure(
                    code: .unsupported, subject: "memory:",
                    detail: "a ledger in memory is for tests"))
        case .sqlite(let path):
            do throws(PortFailure) {
                if let shelf {
                    return OpenLedger(
                        access: access(to: try await shelf.ledger(at: path)), close: {})
                }
                let ledger = try await SQLiteLedger(
                    at: path, for: purpose == .write ? .writing : .reading, clock: .system)
                return OpenLedger(access: access(to: ledger), close: { ledger.close() })
            } catch {
                return unusable(error)
            }
        case .git(let remote):
            guard let host, remote == nil else { return git(remote ?? "origin") }
            let ledger = GitHubLedger(host: host, clock: .system)
            return OpenLedger(
                access: access(to: ledger),
                checkWriting: { key throws(PortFailure) in
                    try await ledger.checkWriting(to: key)
                }, close: {})
        }
    }

    private func git(_ remote: String) -> OpenLedger {
        let ledger = GitLedger(
            remote: remote, clone: ".", environment: environment, clock: .system)
        return OpenLedger(
            access: access(to: ledger),
            checkWriting: { key throws(PortFailure) in try await ledger.checkWriting(to: key) },
            close: { ledger.close() })
    }

    private func unusable(_ failure: PortFailure) -> OpenLedger {
        OpenLedger(access: access(to: UnusableLedger(failure: failure)), close: {})
    }

    private func access(to lines: any Ledger) -> LedgerAccess {
        LedgerAccess(
            lines: lines, host: hostName, actor: Environment.actor(in: environment),
            hash: { text in
                "sha256:\(hexDigits(of: SHA256.hash(data: Array(text.utf8))))"
            }, identifier: Randomness.identifier)
    }

    /// The code host's name in the entries: people know GitHub's API by the name of its site.
    private var hostName: String {
        guard policy.host == .github, let address = try? gitHubAddress() else { return "git" }
        return address.host == "api.github.com" ? "github.com" : address.host
    }

    /// Who tells hooks.
    func announcer(_ host: GitHubHost?, _ http: any Exchange) -> Announcer {
        let sender = WebhookSender(
            exchange: http, clock: .system, jitter: Randomness.fraction)
        return Announcer { (announcement, hook, since) throws(PortFailure) in
            switch hook {
            case .webhook(let address, let secret):
                return try await sender.tell(announcement, at: address, signedBy: secret)
            case .dispatch(let workflow, let inputs):
                guard let host else {
                    throw PortFailure(
                        code: .unsupported, subject: hook.name,
                        detail: "there is no code host that could start a workflow")
                }
                return try await host.tell(
                    announcement, by: workflow, inputs: inputs, since: since, clock: .system)
            }
        }
    }
}
