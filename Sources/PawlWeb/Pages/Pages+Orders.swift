import Hummingbird
import PawlCore
import PawlEngine
import PawlReport
import PawlServer

extension Pages {
    /// Carries out what a form asks for, and shows the channel's page again, which says what came
    /// of it. Nothing is asked of the engine before it is sure who asks.
    func order(_ request: Request, _ context: BasicRequestContext) async -> Response {
        guard request.isFromOurPage else { return foreignForm(request) }
        guard let visitor = visitor(request) else {
            return trouble(
                .forbidden, "Not logged in", "Nothing was carried out.", request,
                onward: "Log in",
                to: "/login?to=\(situation(context)?.path.inAnAddress ?? "")")
        }
        guard let form = await form(of: request) else { return badForm(request) }
        guard isSame(form["token"], visitor.session.formToken) else { return foreignForm(request) }
        guard let situation = situation(context) else {
            return trouble(
                .notFound, "No such channel", "This server keeps no channel of that name.", request)
        }
        let word = context.parameters.get("order") ?? ""
        let person = "\(visitor.session.person) (page)"
        let notice: Notice
        switch PersonsOrder(word, form, by: person) {
        case .unknown:
            return trouble(
                .notFound, "No such order", "A channel knows no order of that name.", request,
                onward: "Back to the channel", to: situation.path)
        case .wrong(let problem):
            notice = Notice(title: problem, lines: ["Nothing was carried out."], isGood: false)
        case .right(let order):
            notice = await carryOut(order, situation.address)
        }
        sessions.leave(notice, for: visitor.cookie)
        return PageHeaders.seeOther(situation.path)
    }

    private func carryOut(_ order: Engine.Order, _ address: ChannelAddress) async -> Notice {
        guard let receipt = await orders.carryOut(order, address) else {
            return Notice(
                title: "The server is stopping, or does not keep the channel any more.",
                lines: ["Nothing was carried out."], isGood: false)
        }
        let report = TextReport(style: .plain, showsFindings: false, order: order)
        let lines = report.text(of: receipt).split(separator: "\n").map { line in
            String(line.drop { $0 == " " })
        }
        let isGood = OrderWords(order, receipt) != nil || receipt.exitStatus == 0
        return Notice(
            title: lines.first ?? receipt.outcome.rawValue,
            lines: Array(lines.dropFirst().prefix(Limits.noticeLinesMax)), isGood: isGood)
    }
}

/// What a form of a channel's page asks for.
enum PersonsOrder: Hashable {
    case right(Engine.Order)
    /// What is wrong with the form, in one sentence.
    case wrong(String)
    case unknown

    init(_ word: String, _ form: Form, by person: String) {
        guard word != "look" else {
            self = .right(.look)
            return
        }
        guard ["promote", "rollback", "hold", "resume"].contains(word) else {
            self = .unknown
            return
        }
        guard let override = try? Override(actor: person, reason: form["reason"]),
            let statement = try? Statement(actor: person, reason: form["reason"])
        else {
            self = .wrong(
                "Say why, in at most \(Limits.overrideReasonCharactersMax) characters.")
            return
        }
        let text = form["sha"].lowercased()
        let commit = try? CommitName(text)
        switch (word, commit) {
        case ("hold", _): self = .right(.hold(statement))
        case ("resume", _) where text.isEmpty: self = .right(.resume(nil, statement))
        case ("resume", let commit?): self = .right(.resume(commit, statement))
        case ("promote", let commit?): self = .right(.promote(commit, override))
        case ("rollback", let commit?): self = .right(.rollback(commit, override))
        default: self = .wrong("Give a commit by 7 to 40 digits: 0 to 9 and a to f.")
        }
    }
}
