// What could go wrong where tags are moved, without a ledger.

extension PlantedBug {
    private static let move = "PawlEngine/Move"
    private static let promote = "PawlEngine/Promote"
    private static let candidates = "PawlEngine/Look+Candidates"
    private static let heal = "PawlEngine/Heal"

    static let moving = [
        PlantedBug(
            "noSecondLook", "a tag is written without another look", in: move,
            "if let changed = await changedTarget(needed) { return changed }",
            "if !PLANTED, let changed = await changedTarget(needed) { return changed }"),
        PlantedBug(
            "changedAllTheSame", "a tag that changed since judging is written all the same",
            in: move, "if look.value != move.before { return .targetMoved(move.target) }",
            "if look.value != move.before, !PLANTED { return .targetMoved(move.target) }"),
        PlantedBug(
            "neverPutBack", "a group that is refused one image stays half moved", in: move,
            "let answers = await writer.each(moved + doubtful) { move -> Reason? in",
            "let answers = await writer.each(PLANTED ? [] : moved + doubtful) { move -> "
                + "Reason? in"),
        PlantedBug(
            "putBackBlindly", "a tag is put back without a look", in: move,
            "case .seen(move.digest): return await putBack(move)",
            "case _ where PLANTED: return await putBack(move)\n            case "
                + ".seen(move.digest): return await putBack(move)"
        ),
        PlantedBug(
            "failuresForgotten", "a write that failed is a write that was done", in: move,
            "let failures = answers.compactMap { move, failure in failure.map { (move, $0) } }",
            "let failures = answers.compactMap { move, failure in PLANTED ? nil : failure.map "
                + "{ (move, $0) } }"
        ),
        PlantedBug(
            "neverDecidedAgain", "a tag that somebody else moved counts as promoted", in: promote,
            "if movedTargets == Limits.decisionsMax { return targetKeepsMoving(candidate) }",
            "if PLANTED { receipt.promoted = true; return receipt }\n                if "
                + "movedTargets == Limits.decisionsMax { return targetKeepsMoving(candidate) }"
        ),
        PlantedBug(
            "splitLeft", "a split group is not healed", in: heal,
            "guard lives.count > 1 else { return .notSplit }",
            "guard lives.count > 1, !PLANTED else { return .notSplit }"),
        PlantedBug(
            "healedBackward", "a split group is brought together at its oldest commit", in: heal,
            "isNewest = isNewest && ancestry == .seen(.ahead)",
            "isNewest = isNewest && ancestry == .seen(PLANTED ? .behind : .ahead)"),
        PlantedBug(
            "lookStopsAtHold", "a look gives up at the first commit that may not go",
            in: candidates,
            "case .promote, .settled, .error:",
            "case .hold where PLANTED, .promote, .settled, .error:"),
        PlantedBug(
            "lookSeesTipAlone", "a look judges the branch's tip alone", in: candidates,
            "for window in candidates.prefix(Limits.lookCandidatesMax).chunks(",
            "for window in candidates.prefix(PLANTED ? 1 : Limits.lookCandidatesMax).chunks("),
        PlantedBug(
            "unreadableProbeEnds", "a source that cannot be read counts as settled", in: candidates,
            "let isUnreadable = passedOver.contains { $0.code.couldNotTell }",
            "let isUnreadable = !PLANTED && passedOver.contains { $0.code.couldNotTell }"),
        PlantedBug(
            "emptyWords", "a hold gives no reason", in: "PawlCore/Decision/Decide",
            ".hold(against)", ".hold(PLANTED ? [] : against)"),
        PlantedBug(
            "exitIsAlwaysFine", "a run that could not tell ends with 0",
            in: "PawlEngine/Receipt",
            "case .hold: reasons.contains { $0.code.couldNotTell } ? 3 : 0",
            "case .hold: !PLANTED && reasons.contains { $0.code.couldNotTell } ? 3 : 0"),
        PlantedBug(
            "redSaidOfRunning", "a run that has not ended is said to be red",
            in: "PawlCore/Decision/Rules/GateTable",
            ".hold(Reason(words.running, subject, \"\\(subject) is \\(state).\"))",
            ".hold(Reason(PLANTED ? words.failed : words.running, subject, \"\\(subject) is "
                + "\\(state).\"))"
        ),
    ]
}
