import PawlCore
import PawlGitHub
import PawlHTTP
import PawlLoopback
import PawlPorts
import PawlTesting
import Synchronization

/// A GitHub with one branch, and the ledger of its repository.
struct LedgerStage {
    static let ref = "refs/pawl/latest"
    static let key = LedgerContract.latest

    let stage: Stage
    let clock = ManualClock()
    let ledger: GitHubLedger

    init(_ github: GitHubDouble = GitHubDouble(token: token), token given: String? = token) throws {
        stage = try Stage(github, token: given)
        github.commit(sha("1"), files: ["README": "a program"])
        github.branch("main", at: sha("1"))
        ledger = GitHubLedger(host: stage.host, clock: clock.clock)
    }

    var github: GitHubDouble { stage.github }

    /// A further door to the same ledger, over an exchange that this function puts in between.
    func door(by wrap: (DirectExchange) -> any Exchange) throws -> GitHubLedger {
        GitHubLedger(host: try stage.host(by: wrap), clock: clock.clock)
    }

    /// The requests so far, by method and path behind the repository.
    var lines: [String] { stage.lines.map { $0.replacing("/repos/acme/app", with: "") } }

    /// Adds a line after the newest, through a door of its own, and gives it.
    @discardableResult
    func add(_ name: String, to key: ChannelKey = Self.key) async throws -> LedgerLine {
        let tip = try await ledger.tip(of: key)
        guard case .added(let line) = try await append(name, after: tip, to: key) else {
            throw NotAdded()
        }
        return line
    }

    func append(
        _ name: String, after tip: LedgerLine?, to key: ChannelKey = Self.key
    ) async throws(PortFailure) -> Appended {
        try await ledger.append(
            title: "add \(name)", text: Self.text(name), to: key, after: tip)
    }

    static func text(_ name: String) -> String { "{\"line\": \"\(name)\"}" }

    struct NotAdded: Error {}
}

/// Lets every other task go first, before each request or before some of them.
final class YieldingExchange: Exchange {
    private let inner: DirectExchange
    private let every: Int
    private let sent = Mutex(0)

    init(inner: DirectExchange, every: Int = 1) {
        self.inner = inner
        self.every = every
    }

    func send(_ request: Request) async throws(PortFailure) -> Response {
        let isTurn = sent.withLock { sent in
            sent += 1
            return sent.isMultiple(of: every)
        }
        if isTurn { await Task.yield() }
        return try await inner.send(request)
    }
}
