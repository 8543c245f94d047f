import HTTPTypes
import Hummingbird
import PawlCore
import PawlEngine
import PawlReport
import PawlServer
import Synchronization

/// What may be read: channels, candidates, history.
struct ReadRoutes: Sendable {
    /// Shared by all copies.
    private final class Explaining: Sendable { let count = Mutex(0) }

    let board: Board
    let orders: Orders
    private let explaining = Explaining()

    init(board: Board, orders: Orders) {
        self.board = board
        self.orders = orders
    }

    private var finder: ChannelFinder { ChannelFinder(board: board) }

    func channels() -> Response {
        .json(.array(board.situations.map { .object(ChannelDocument.row($0)) }))
    }

    func channel(_ name: String) throws(Problem) -> Response {
        .json(ChannelDocument.whole(try finder.channel(named: name)))
    }

    func history(of name: String?) throws(Problem) -> Response {
        let situations = try name.map { text throws(Problem) in
            [try finder.channel(named: text)]
        }
        let documents = (situations ?? board.situations).map(ChannelDocument.history)
        return .json(documents.count == 1 ? documents[0] : .array(documents))
    }

    /// How a commit stands to the rules of every channel that judged it lately; of a channel that
    /// is named, or is the only one, it is asked now.
    func candidate(_ text: String, for name: String?) async throws(Problem) -> Response {
        let commit: CommitName
        do throws(CommitName.Malformed) {
            commit = try CommitName(text)
        } catch {
            throw Problem(.badRequest, "A commit has 7 to 40 lower-case hex digits.")
        }
        let situations: [Situation]
        if let name {
            situations = [try finder.channel(named: name)]
        } else {
            situations = board.situations
        }
        let known = situations.compactMap { judged(text, $0) }
        if name == nil, !known.isEmpty || situations.count != 1 {
            guard !known.isEmpty else {
                throw Problem(
                    .notFound,
                    "No channel judged that commit lately. Name one with ?channel= to have it "
                        + "judged.")
            }
            return .json(.array(known))
        }
        guard let situation = situations.first else {
            throw Problem(.notFound, "There is no channel.")
        }
        return .json(.array([try await explained(commit, situation.address)]))
    }

    private func judged(_ text: String, _ situation: Situation) -> JSONValue? {
        let step = situation.strip.first { $0.commit.hex.hasPrefix(text) }
        return step?.judged.map { document($0, situation.address) }
    }

    private func explained(
        _ commit: CommitName, _ address: ChannelAddress
    ) async throws(Problem) -> JSONValue {
        let isFree = explaining.count.withLock { count in
            guard count < Limits.explainedAtOnce else { return false }
            count += 1
            return true
        }
        guard isFree else {
            throw Problem(.serviceUnavailable, "Others ask already.").retrying(after: 1)
        }
        defer { explaining.count.withLock { $0 -= 1 } }
        guard let receipt = await orders.explain(commit, address) else {
            throw Problem(.serviceUnavailable, "The server is stopping.").retrying(after: 5)
        }
        return document(receipt, address)
    }

    private func document(_ receipt: Receipt, _ address: ChannelAddress) -> JSONValue {
        .object(
            [JSONValue.Member(key: "name", value: .string("\(address)"))]
                + (ResultDocument.json([receipt], requests: nil).object ?? []))
    }
}
