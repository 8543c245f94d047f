import HTTPTypes
import Hummingbird
import PawlCore
import PawlEngine
import PawlReport
import PawlServer

/// A person's orders, by a program that has the admin token.
struct OrderRoutes: Sendable {
    static let words: Set<String> = ["promote", "rollback", "hold", "resume"]

    let board: Board
    let orders: Orders
    let adminToken: Secret?
    let budget = BodyBudget()

    /// Carries out what stands in the body on a channel.
    func carryOut(
        _ word: String, on name: String, _ request: Request
    ) async throws(Problem) -> Response {
        try authorize(request)
        let situation = try ChannelFinder(board: board).channel(named: name)
        let share = BodyBudget.Share(budget)
        let bytes = try await Body.read(request, bytesMax: Limits.orderBytesMax, from: share)
        let order = try OrderBody(bytes).order(word)
        guard let receipt = await orders.carryOut(order, situation.address) else {
            throw Problem(.serviceUnavailable, "The server is stopping; nothing was done.")
                .retrying(after: 5)
        }
        return try answer(receipt)
    }

    private func authorize(_ request: Request) throws(Problem) {
        guard let adminToken else {
            throw Problem(
                .forbidden, "This server takes no orders: PAWL_ADMIN_TOKEN is not set.")
        }
        let scheme = "bearer "
        let header = request.headers[.authorization] ?? ""
        let given = String(header.dropFirst(scheme.count))
        let isRight = isSame(given, adminToken.exposed)
        guard header.lowercased().hasPrefix(scheme), isRight else {
            var problem = Problem(.unauthorized, "The admin token is missing or wrong.").closing
            problem.headers[.wwwAuthenticate] = "Bearer"
            throw problem
        }
    }

    private func answer(_ receipt: Receipt) throws(Problem) -> Response {
        let document = ResultDocument.json([receipt], requests: nil)
        let words = receipt.foremost.map(\.text) ?? "It came to \(receipt.outcome.rawValue)."
        var problem: Problem
        switch receipt.exitStatus {
        case 0: return .json(document)
        case 1: problem = Problem(.conflict, words)
        case 2: problem = Problem(.unprocessableContent, words)
        default: problem = Problem(.serviceUnavailable, words).retrying(after: 30)
        }
        problem.more = [JSONValue.Member(key: "result", value: document)]
        throw problem
    }
}

/// `{"sha", "reason", "actor", "override"}`.
struct OrderBody {
    private let value: JSONValue

    init(_ bytes: [UInt8]) throws(Problem) {
        guard let value = try? JSONValue(parsing: bytes), let members = value.object else {
            throw Problem(.badRequest, "The body is not a JSON object.")
        }
        let known = ["sha", "reason", "actor", "override"]
        guard members.allSatisfy({ known.contains($0.key) }),
            Set(members.map(\.key)).count == members.count
        else {
            throw Problem(
                .badRequest, "The body may have \(known.joined(separator: ", ")), each once.")
        }
        self.value = value
    }

    /// The order of a route's last word.
    func order(_ word: String) throws(Problem) -> Engine.Order {
        let named = try text("actor") ?? "admin"
        let actor: String
        do throws(PersonsName.Malformed) {
            actor = try PersonsName(named).text
        } catch {
            throw Problem(.badRequest, "actor \(PersonsName.rule).")
        }
        guard let reason = try text("reason") else {
            throw Problem(.badRequest, "reason is missing: say in a sentence why.")
        }
        let commit = try commit()
        let isOverride = try isOverride()
        do throws(Override.Malformed) {
            let override = try Override(actor: actor, reason: reason)
            let statement = try Statement(actor: actor, reason: reason)
            switch (word, commit) {
            case ("promote", nil): return .look
            case ("promote", let commit?): return .promote(commit, isOverride ? override : nil)
            case ("rollback", let commit?): return .rollback(commit, override)
            case ("hold", _): return .hold(statement)
            case ("resume", let commit): return .resume(commit, statement)
            default: break
            }
        } catch {
            throw Problem(
                .badRequest,
                "reason is a text of 1 to \(Limits.overrideReasonCharactersMax) characters.")
        }
        throw Problem(.badRequest, "sha is missing: name the commit to go back to.")
    }

    /// A person who names a commit means it; `"override": false` keeps the rules in force.
    private func isOverride() throws(Problem) -> Bool {
        switch value["override"] {
        case nil: return true
        case .bool(let isOverride)?: return isOverride
        default: throw Problem(.badRequest, "override is neither true nor false.")
        }
    }

    private func text(_ key: String) throws(Problem) -> String? {
        switch value[key] {
        case nil, .null?: return nil
        case .string(let text)?: return text
        default: throw Problem(.badRequest, "\(key) is not a text.")
        }
    }

    private func commit() throws(Problem) -> CommitName? {
        guard let text = try text("sha") else { return nil }
        do throws(CommitName.Malformed) {
            return try CommitName(text)
        } catch {
            throw Problem(.badRequest, "sha has 7 to 40 lower-case hex digits.")
        }
    }
}
