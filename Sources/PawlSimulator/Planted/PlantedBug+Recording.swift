// What could go wrong with a ledger, and with what people say in it.

extension PlantedBug {
    private static let ledger = "PawlEngine/ChannelLedger"
    private static let settle = "PawlEngine/Settle"
    private static let state = "PawlCore/Ledger/ChannelState"
    private static let holds = "PawlCore/Decision/Rules/Holds"

    static let recording = [
        PlantedBug(
            "followedBeforeDone", "followed is recorded whatever came of following", in: settle,
            "guard let obstacle, mayGiveWay(",
            "if PLANTED { break }\n                guard let obstacle, mayGiveWay("),
        PlantedBug(
            "overtakenLeft", "who is overtaken while giving way leaves his own writes", in: settle,
            "case .overtaken(let newer?):",
            "case .overtaken(_?) where PLANTED: return .stopped(moved: moved, reasons)\n"
                + "                case .overtaken(let newer?):"),
        PlantedBug(
            "lostAppendIsNone", "an append whose answer was lost is done again",
            in: ledger, "// The append may have happened and only its answer been lost.",
            "if PLANTED { return try await append(event, reason: reason, by: actor, "
                + "after: try await self.tip()) }"),
        PlantedBug(
            "movedIsAppendedAgain", "who lost the race appends all the same", in: ledger,
            "return .moved(try await newer(than: tip, told: told))",
            "if PLANTED { return try await append(event, reason: reason, by: actor, "
                + "after: try await self.tip()) }\n"
                + "            return .moved(try await newer(than: tip, told: told))"),
        PlantedBug(
            "olderTipBelieved",
            "an entry that was seen is forgotten when the ledger shows the past",
            in: "PawlEngine/SeenTips",
            "if let seen, seen.entry.number >", "if !PLANTED, let seen, seen.entry.number >"),
        PlantedBug(
            "tipNotReadAgain", "a newer plan that came between is not followed", in: settle,
            "case .newer(let newer): tip = newer",
            "case .newer(let newer) where PLANTED: return .superseded(newer, moved: moved)\n   "
                + "         case .newer(let newer): tip = newer"
        ),
        PlantedBug(
            "lateReadsBelieved",
            "after somebody else's newer plan, a tag that seems in place is left",
            in: settle, "let isLate = tip.plan != start.plan",
            "let isLate = !PLANTED && tip.plan != start.plan"
        ),
        PlantedBug(
            "doubtfulLeft", "a tag that an unfinished plan may still move is left",
            in: "PawlEngine/Follow",
            "isLate || $0.isNeeded || isDoubtful($0, state)",
            "isLate || $0.isNeeded || !PLANTED && isDoubtful($0, state)"),
        PlantedBug(
            "unfinishedLeft", "a plan that was not followed to its end is left",
            in: "PawlEngine/Ground",
            "case nil, .followed?: return .stands(.notSplit)",
            "case .unfinished? where PLANTED: return .stands(.notSplit)\n            case nil, "
                + ".followed?: return .stands(.notSplit)"
        ),
        PlantedBug(
            "foreignAdopted", "a strange tag is adopted without the rules",
            in: "PawlEngine/Drift",
            "let candidate = Candidate(channel: channel, commit: found)",
            "let candidate = Candidate(channel: channel, commit: found, override: PLANTED ? "
                + "try? Override(actor: \"pawl\", reason: \"found\") : nil)"
        ),
        PlantedBug(
            "foreignKept",
            "tags that somebody else moved are not put back although the policy says so",
            in: "PawlEngine/Drift", "guard channel.forward.movedByOthers == .restore else {",
            "guard !PLANTED, channel.forward.movedByOthers == .restore else {"),
        PlantedBug(
            "plansForgotten", "the fold forgets the plans that were not followed", in: state,
            "state.isFollowed = movement.kind == .adopt",
            "if PLANTED { state.plans = state.plans.suffix(1) }\n            state.isFollowed "
                + "= movement.kind == .adopt"
        ),
        PlantedBug(
            "moveIsFollowed", "a move counts as followed at once", in: state,
            "state.isFollowed = movement.kind == .adopt",
            "state.isFollowed = PLANTED || movement.kind == .adopt"),
        PlantedBug(
            "liveByLabel", "what is live is read from the tag although the ledger knows better",
            in: "PawlEngine/Gather+Images", "if let recorded, recorded.digest(of: target)",
            "if !PLANTED, let recorded, recorded.digest(of: target)"),
        PlantedBug(
            "toldTooEarly", "hooks are told before the tags are there", in: "PawlEngine/Announce",
            "guard let plan = tip.plan, tip.state.isFollowed, plan.kind != .adopt,",
            "guard let plan = tip.plan, PLANTED || tip.state.isFollowed, plan.kind != .adopt,"),
        PlantedBug(
            "pendingForgotten", "a hook that an earlier run began to tell is not told",
            in: "PawlEngine/Announce", "return known.outcome == nil",
            "return !PLANTED && known.outcome == nil"),
        PlantedBug(
            "restoreNotFollowed", "a restore is recorded and not followed",
            in: "PawlEngine/Restore",
            "restored.state, images, isLate: false)",
            "restored.state, PLANTED ? [] : images, isLate: false)"),
    ]

    static let people = [
        PlantedBug(
            "holdIgnored", "a held channel moves", in: holds,
            "if let hold = ledger.state.hold { findings",
            "if let hold = ledger.state.hold, !PLANTED { findings"),
        PlantedBug(
            "holdForgotten", "a move ends a hold", in: state, "state.announcements = []",
            "state.announcements = []\n            if PLANTED { state.hold = nil }"),
        PlantedBug(
            "quarantineIgnored", "a quarantined commit goes", in: holds,
            "if ledger.state.isQuarantined(candidate.commit) {",
            "if !PLANTED, ledger.state.isQuarantined(candidate.commit) {"),
        PlantedBug(
            "floorIgnored", "a commit below the floor goes", in: holds,
            "case .seen(.ahead), .seen(.identical):",
            "case .seen(.behind) where PLANTED, .seen(.diverged) where PLANTED, .seen(.ahead), "
                + ".seen(.identical):"
        ),
        PlantedBug(
            "rollbackLeavesNewer", "a rollback quarantines nothing",
            in: "PawlCore/Ledger/ChannelState",
            "state.rolledBack += rolledBack.filter { !state.rolledBack.contains($0) }",
            "if !PLANTED { state.rolledBack += rolledBack.filter { "
                + "!state.rolledBack.contains($0) } }"
        ),
        PlantedBug(
            "rollbackNamesNothing", "a rollback finds no commit after its own",
            in: "PawlEngine/CarryOut", "guard let graph else { return [] }",
            "guard let graph, !PLANTED else { return [] }"),
        PlantedBug(
            "rollbackHoldsNothing", "a rollback does not hold the channel", in: state,
            "state.hold = Hold(actor: actor, since: moment, reason: reason)\n            }",
            "if !PLANTED { state.hold = Hold(actor: actor, since: moment, reason: reason) }\n  "
                + "          }"
        ),
    ]
}
