// What the rules could get wrong about order, sources and the group.

extension PlantedBug {
    private static let decide = "PawlCore/Decision/Decide"
    private static let forward = "PawlCore/Decision/Rules/Forward"
    private static let sources = "PawlCore/Decision/Rules/Sources"
    private static let images = "PawlEngine/Gather+Images"

    static let rules = [
        PlantedBug(
            "behindPasses", "an older commit passes", in: forward,
            "candidate.channel.forward.behind == .settle ? .settle(reason) : .reject(reason))",
            "PLANTED ? .pass : candidate.channel.forward.behind == .settle ? .settle(reason) : "
                + ".reject(reason))"
        ),
        PlantedBug(
            "divergedPasses", "a commit of another line passes", in: forward,
            "case .seen(.identical):", "case .seen(.diverged) where PLANTED, .seen(.identical):"),
        PlantedBug(
            "ancestryUnreadablePasses", "an unreadable comparison passes", in: forward,
            "case .seen(.ahead):", "case .unreadable where PLANTED, .seen(.ahead):"),
        PlantedBug(
            "unlabelledAccepted", "an unlabelled target passes without the policy's word",
            in: forward,
            "candidate.channel.forward.unlabelled == .accept ? .warn(reason)",
            "PLANTED || candidate.channel.forward.unlabelled == .accept ? .warn(reason)"),
        PlantedBug(
            "firstImageProvesAll", "only the first image is compared with what is live",
            in: decide, "judged += facts.images.map { forwardFinding",
            "judged += facts.images.prefix(PLANTED ? 1 : .max).map { forwardFinding"),
        PlantedBug(
            "settledByFirstImage", "settled if the first image is",
            in: "PawlCore/Decision/Rules/Position",
            "return facts.images.allSatisfy { image in",
            "return facts.images.prefix(PLANTED ? 1 : .max).allSatisfy { image in"),
        PlantedBug(
            "otherBranchPasses", "a commit that is not on the branch passes",
            in: "PawlCore/Decision/Rules/Position", "case .seen(.onBranch):",
            "case .seen(.elsewhere) where PLANTED, .seen(.onBranch):"),
        PlantedBug(
            "overridePassesSources", "an order passes the rule of sources too", in: decide,
            "let sources = facts.images.map { sourceFinding($0, candidate, facts, policy) }",
            "let sources = PLANTED && candidate.override != nil ? [] : facts.images.map { "
                + "sourceFinding($0, candidate, facts, policy) }"
        ),
        PlantedBug(
            "holdIsNothing", "a hold does not keep a commit back", in: decide,
            "case .hold(let reason): note(reason, in: &against)",
            "case .hold where PLANTED: break\n        case .hold(let reason): note(reason, in: "
                + "&against)"
        ),
        PlantedBug(
            "prefixCompared", "seven digits of a source's label are enough", in: sources,
            "case .seen(.says(commit.hex)):",
            "case .seen(.says(let hex)) where PLANTED && hex.hasPrefix(commit.short): return "
                + "Finding(.sources, subject, .pass, evidence: hex)\n    case "
                + ".seen(.says(commit.hex)):"
        ),
        PlantedBug(
            "labelIgnored", "a source of another commit passes", in: sources,
            "case .seen(.says(commit.hex)):",
            "case .seen(.says) where PLANTED: return Finding(.sources, subject, .pass, "
                + "evidence: subject)\n    case .seen(.says(commit.hex)):"
        ),
        PlantedBug(
            "unlabelledSourcePasses", "a source without a label passes", in: sources,
            "case .seen(.unlabelled) where isRecorded(image, digest, candidate, facts),",
            "case .seen(.unlabelled) where PLANTED || isRecorded(image, digest, candidate, "
                + "facts),"),
        PlantedBug(
            "platformsIgnored", "platforms of different commits pass", in: sources,
            "case .seen(.says(commit.hex)):",
            "case .seen(.disagrees) where PLANTED: return Finding(.sources, subject, .pass, "
                + "evidence: subject)\n    case .seen(.says(commit.hex)):"
        ),
        PlantedBug(
            "liveIsCandidate", "what is live is asked of the candidate, not of the tag", in: images,
            "image.live = await liveCommit(image.targetRevision)",
            "image.live = await liveCommit(PLANTED ? image.sourceRevision : image.targetRevision)"),
    ]
}
