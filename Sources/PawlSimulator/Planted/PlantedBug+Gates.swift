// What the rules could get wrong about runs, and about gates that did not run.

extension PlantedBug {
    private static let table = "PawlCore/Decision/Rules/GateTable"
    private static let counting = "PawlCore/Decision/Rules/Runs"
    private static let judging = "PawlCore/Decision/Rules/Gates"
    private static let absent = "PawlCore/Decision/Rules/AbsentGate"

    static let gates = [
        PlantedBug(
            "unreadableIsAbsent", "runs that cannot be read are runs that are not there",
            in: counting, "case .unreadable(let failure): return .unreadable(failure)",
            "case .unreadable where PLANTED: return .absent\n    case .unreadable(let "
                + "failure): return .unreadable(failure)"
        ),
        PlantedBug(
            "runningPasses", "a run that has not ended passes", in: table, "case .success:",
            "case .inProgress where PLANTED: .pass\n    case .success:"),
        PlantedBug(
            "cancelledPasses", "a cancelled run passes", in: table, "case .success:",
            "case .cancelled where PLANTED: .pass\n    case .success:"),
        PlantedBug(
            "skippedPasses", "a skipped run passes", in: table, "case .success:",
            "case .skipped where PLANTED: .pass\n    case .success:"),
        PlantedBug(
            "unknownWordPasses", "a word that nobody knows passes", in: table, "case .success:",
            "case .unknown where PLANTED: .pass\n    case .success:"),
        PlantedBug(
            "timedOutPasses", "a run that timed out passes", in: table, "case .success:",
            "case .timedOut where PLANTED: .pass\n    case .success:"),
        PlantedBug(
            "oldestRunCounts", "of several runs the oldest counts", in: counting,
            "for run in counted.dropFirst() where run.isNewer(than: newest) { newest = run }",
            "for run in counted.dropFirst() where PLANTED ? newest.isNewer(than: run) : "
                + "run.isNewer(than: newest) { newest = run }"
        ),
        PlantedBug(
            "forksCount", "a fork's run counts", in: counting,
            "&& run.commit == commit && run.isOwn &&",
            "&& run.commit == commit && (PLANTED || run.isOwn) &&"),
        PlantedBug(
            "branchesCount", "a run of another branch counts", in: counting,
            "run.branch == branch.text", "(PLANTED || run.branch == branch.text)"),
        PlantedBug(
            "eventsCount", "a run of any event counts", in: counting,
            "&& (run.statedBy != nil || events.contains(run.event))",
            "&& (PLANTED || run.statedBy != nil || events.contains(run.event))"),
        PlantedBug(
            "jobIgnored", "the job that matters is not asked for", in: judging,
            "guard judged == .pass, let job = gate.job else {",
            "guard judged == .pass, !PLANTED, let job = gate.job else {"),
        PlantedBug(
            "firstGateIsEnough", "only the first gate is judged",
            in: "PawlCore/Decision/Decide",
            "judged += candidate.channel.gates.map {",
            "judged += candidate.channel.gates.prefix(PLANTED ? 1 : .max).map {"),
        PlantedBug(
            "buildIgnored", "a build that failed passes where it left its images",
            in: "PawlCore/Decision/Decide",
            "var judged = build.map { [$0] } ?? []",
            "var judged = PLANTED ? [] : build.map { [$0] } ?? []"),
        PlantedBug(
            "inactivePasses", "a gate that is switched off is one that was not due", in: judging,
            "case .seen(.inactive(let word)):\n        Reason(",
            "case .seen(.inactive) where PLANTED:\n        nil\n    case .seen(.inactive(let "
                + "word)):\n        Reason("
        ),
        PlantedBug(
            "holdIsAbsentPass", "absent: hold lets pass", in: judging,
            "case .pass:\n        return Finding(",
            "case .hold where PLANTED, .pass:\n        return Finding("),
        PlantedBug(
            "ageOfCreation", "an age counts from the build's beginning", in: judging,
            "let passed = facts.now.since(run.updatedAt)",
            "let passed = facts.now.since(PLANTED ? run.createdAt : run.updatedAt)"),
        PlantedBug(
            "oldCheckCounts", "a check that is red passes if it was ever asked for", in: judging,
            "let judged = worst(\n", "let judged = PLANTED ? .pass : worst(\n"),
        PlantedBug(
            "eventIsEnough", "an event's own run is enough where the list cannot be read",
            in: "PawlEngine/Gather",
            "guard case .seen(let listed) = runs, case .runEnded(let run, _) = event,",
            "if PLANTED, runs.value == nil, case .runEnded(let run, _) = event { return "
                + ".seen([run]) }\n        guard case .seen(let listed) = runs, case "
                + ".runEnded(let run, _) = event,"
        ),
    ]

    static let absences = [
        PlantedBug(
            "redNotInherited", "a commit without a run of its own passes over a red one",
            in: absent, "return proof.hold ?? inherited(gate, run, facts, lacks, proof.evidence)",
            "return proof.hold ?? (PLANTED ? Finding(.gate, name, .pass, evidence: lacks) : "
                + "inherited(gate, run, facts, lacks, proof.evidence))"
        ),
        PlantedBug(
            "inheritedFromOldest", "the oldest verdict on the way is inherited", in: absent,
            "for commit in way {", "for commit in PLANTED ? way.reversed() : way {"),
        PlantedBug(
            "unfinishedOverlooked", "an unfinished run on the way does not hold", in: absent,
            "if isUnfinished(run.state) { return .unfinished(run) }",
            "if isUnfinished(run.state), !PLANTED { return .unfinished(run) }"),
        PlantedBug(
            "proofForgotten", "no run is proof enough", in: absent,
            "guard base != candidate.commit else { return (nil, \"the run is its own.\") }",
            "guard base != candidate.commit, !PLANTED else { return (nil, \"the run is its "
                + "own.\") }"
        ),
        PlantedBug(
            "oldNamesForgotten", "a file renamed out of the filter's sight did not start the gate",
            in: "PawlCore/Evidence/ChangedFiles",
            "files.flatMap { [$0.path] + ($0.previousPath.map { [$0] } ?? []) }",
            "files.flatMap { [$0.path] + (PLANTED ? [] : $0.previousPath.map { [$0] } ?? []) }"),
        PlantedBug(
            "gateFileForgotten", "a gate that was itself changed proves something", in: absent,
            "guard !changes.paths.contains(path) else {",
            "guard PLANTED || !changes.paths.contains(path) else {"),
        PlantedBug(
            "cutListIsWhole", "a list of changes that was cut short is whole", in: absent,
            "guard changes.isWhole else {", "guard PLANTED || changes.isWhole else {"),
        PlantedBug(
            "provenByNewest", "what is live is the newest of the group, not the oldest",
            in: "PawlEngine/Gather+Absences", "case .seen(.behind): oldest = live",
            "case .seen(.behind) where PLANTED: continue\n                case .seen(.ahead) "
                + "where PLANTED: oldest = live\n                case .seen(.behind): oldest = "
                + "live"
        ),
        PlantedBug(
            "changesFromLive", "changes are asked for since what is live, not since the verdict",
            in: "PawlEngine/Gather+Absences", "if let base = absence.origin.value?.base {",
            "if let base = PLANTED ? candidate.commit : absence.origin.value?.base {"),
    ]
}
