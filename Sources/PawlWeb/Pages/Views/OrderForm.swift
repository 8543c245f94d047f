import PawlCore
import PawlEngine
import PawlServer

/// A form by which a person orders something, as `ActionsTemplate` shows it.
struct OrderForm {
    /// The part of the address that it is sent to.
    let formId: String
    let verb: String
    /// What it will do, said before it is done.
    let effect: String
    let asksCommit: Bool
    let needsCommit: Bool
    let commitLabel: String
    let commitValue: String
    let isGrave: Bool
    let isUnfolded: Bool

    private init(
        _ formId: String, _ verb: String, _ effect: String, commit label: String? = nil,
        needsCommit: Bool = false, isGrave: Bool = false, asked: Form?
    ) {
        self.formId = formId
        self.verb = verb
        self.effect = effect
        asksCommit = label != nil
        self.needsCommit = needsCommit
        commitLabel = label ?? ""
        let name = try? CommitName(asked?[formId] ?? "")
        commitValue = name.map { "\($0)" } ?? ""
        self.isGrave = isGrave
        isUnfolded = name != nil
    }

    /// The forms of a channel's page. What fits its state stands first.
    static func all(of situation: Situation, asked: Form?) -> [OrderForm] {
        let name = situation.address.channel
        let promote = OrderForm(
            "promote", "Promote",
            "Moves \(name) to this commit by your order. Gates, order and limits are passed; the "
                + "images must be there and built from it. A commit behind what is live goes back.",
            commit: "Commit", needsCommit: true, asked: asked)
        let rollback = OrderForm(
            "rollback", "Roll back",
            "Takes the group back to this commit, quarantines what came after it, and holds "
                + "\(name) until it is resumed.",
            commit: "Commit", needsCommit: true, isGrave: true, asked: asked)
        let hold = OrderForm(
            "hold", "Hold", "Nothing moves \(name) by itself until it is resumed.", asked: asked)
        let resume = OrderForm(
            "resume", "Resume",
            "Lifts the hold. Only this commit and its descendants go by themselves; without one, "
                + "the tip of \(situation.branch) now.",
            commit: "Commit (may be empty)", asked: asked)
        let isHeld = situation.status?.ledger?.hold != nil
        return isHeld ? [resume, promote, rollback, hold] : [promote, rollback, hold, resume]
    }
}
