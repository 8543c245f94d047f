/// Every stable word that a reason can have. `docs/reference/reasons.md` is written from here.
package enum ReasonCode: String, Hashable, Sendable, CaseIterable {
    case sourceMissing = "source-missing"
    case sourceMismatch = "source-mismatch"
    case sourceUnlabelled = "source-unlabelled"
    case buildRunning = "build-running"
    case buildAbsent = "build-absent"
    case buildFailed = "build-failed"
    case gateFailed = "gate-failed"
    case gateRunning = "gate-running"
    case gateCancelled = "gate-cancelled"
    case gateSkipped = "gate-skipped"
    case gateAbsent = "gate-absent"
    case gateChanged = "gate-changed"
    case gateNeverRuns = "gate-never-runs"
    case gateYoung = "gate-young"
    case gateUnknown = "gate-unknown"
    case gateInactive = "gate-inactive"
    case gateUnreadable = "gate-unreadable"
    case behind
    case diverged
    case ancestryUnreadable = "ancestry-unreadable"
    case unlabelled
    case held
    case quarantined
    case belowFloor = "below-floor"
    case notBehind = "not-behind"
    case nothingNewer = "nothing-newer"
    case groupSplit = "group-split"
    case groupHealed = "group-healed"
    case movedByOthers = "moved-by-others"
    case adopted
    case restored
    case superseded
    case targetMoved = "target-moved"
    case registryUnreadable = "registry-unreadable"
    case registryDenied = "registry-denied"
    case tagImmutable = "tag-immutable"
    case unfinished
    case ledgerUnreadable = "ledger-unreadable"
    case ledgerUnwritable = "ledger-unwritable"
    case hookFailed = "hook-failed"
    case notConcerned = "not-concerned"
    case otherBranch = "other-branch"
    case fromFork = "from-fork"
    case upstreamNotGreen = "upstream-not-green"
    case badCandidate = "bad-candidate"
    case liveRed = "live-red"
    case wrongUse = "wrong-use"

    /// Whether the word says "could not tell" or "could not finish": exit status 3 in one-shot use.
    package var couldNotTell: Bool {
        switch self {
        case .gateInactive, .gateUnreadable, .ancestryUnreadable, .groupSplit, .targetMoved,
            .registryUnreadable, .registryDenied, .tagImmutable, .unfinished, .ledgerUnreadable,
            .ledgerUnwritable:
            true
        case .sourceMissing, .sourceMismatch, .sourceUnlabelled, .buildRunning, .buildAbsent,
            .buildFailed, .gateFailed, .gateRunning, .gateCancelled, .gateSkipped, .gateAbsent,
            .gateChanged,
            .gateNeverRuns,
            .gateYoung, .gateUnknown, .behind, .diverged, .unlabelled, .held, .quarantined,
            .belowFloor, .notBehind, .nothingNewer, .groupHealed, .movedByOthers, .adopted,
            .restored,
            .superseded, .hookFailed,
            .notConcerned, .otherBranch, .fromFork, .upstreamNotGreen, .badCandidate, .liveRed,
            .wrongUse:
            false
        }
    }

    /// Whether the word tells what was put in order on the way, beside the verdict.
    package var isNote: Bool {
        switch self {
        case .adopted, .groupHealed, .hookFailed: true
        default: false
        }
    }

    /// What the word means, in one sentence.
    package var meaning: String {
        switch self {
        case .sourceMissing: "A source tag is not in the registry although the build succeeded."
        case .sourceMismatch: "A source image says that it was built from another commit."
        case .sourceUnlabelled: "A source image does not say which commit it was built from."
        case .buildRunning: "The build of this commit has not ended."
        case .buildAbsent: "There is no successful build of this commit and no image of it."
        case .buildFailed: "The build of this commit failed."
        case .gateFailed: "A gate's newest run for this commit is red."
        case .gateRunning: "A gate's newest run for this commit has not ended."
        case .gateCancelled: "A gate's newest run for this commit was cancelled: it proves nothing."
        case .gateSkipped: "A gate ended without a verdict, or the job that matters did not run."
        case .gateAbsent: "A gate has no run for this commit that counts."
        case .gateChanged: "A gate without a run was itself changed since its last verdict."
        case .gateNeverRuns: "A gate without a run has no push trigger for the channel's branch."
        case .gateYoung: "The build is younger than the channel's minimum age."
        case .gateUnknown: "A gate's run ended in a word that Pawl does not know."
        case .gateInactive: "A gate's workflow is disabled, deleted or not there: it cannot report."
        case .gateUnreadable: "The code host gave no usable answer about a gate."
        case .behind: "The commit is older than what is live."
        case .diverged: "Neither the commit nor what is live is an ancestor of the other."
        case .ancestryUnreadable: "The code host could not say how two commits stand to each other."
        case .unlabelled: "A live image does not say which commit it was built from."
        case .held: "A person holds the channel: nothing moves by itself."
        case .quarantined: "A person named the commit, or took the channel back to before it."
        case .belowFloor: "The commit does not descend from the channel's floor."
        case .notBehind: "The commit is newer than what is live; a rollback goes back."
        case .nothingNewer: "There is no other commit that the channel could go to."
        case .groupSplit: "The images of the group are live at different commits."
        case .groupHealed:
            "The images of the group were found at different commits and brought together."
        case .movedByOthers: "A target tag is where neither Pawl nor its ledger put it."
        case .adopted: "The ledger took the tags as they were found."
        case .restored: "The tags were put back to an earlier move."
        case .superseded: "Another run moved the channel further meanwhile."
        case .targetMoved: "A target tag was moved by somebody else while Pawl was deciding."
        case .registryUnreadable: "The registry gave no usable answer."
        case .registryDenied: "The registry refused the credentials, or there were none."
        case .tagImmutable: "The registry does not let the tag be moved."
        case .unfinished: "The run ended before every tag of the group was moved."
        case .ledgerUnreadable: "The ledger gave no usable answer."
        case .ledgerUnwritable: "The ledger could not be written; nothing moves without its entry."
        case .hookFailed: "A hook could not be told of a move."
        case .notConcerned: "The event is about nothing that this channel waits for."
        case .otherBranch: "The commit is not on the channel's branch."
        case .fromFork: "The run came from a fork."
        case .upstreamNotGreen: "The run that ended was not a success."
        case .badCandidate: "There is no such commit."
        case .liveRed: "A gate has turned red for a commit that is live."
        case .wrongUse: "The command, the policy file or an input is wrong; nothing was asked."
        }
    }

    /// What a person can do about it, in one sentence, where the case at hand knows nothing better.
    package var advice: String {
        switch self {
        case .sourceMissing:
            "Check that the build pushes every image of the channel, then run it again."
        case .sourceMismatch: "Build the commit again; somebody may have pushed over its tag."
        case .sourceUnlabelled:
            "Let the build set the label org.opencontainers.image.revision to the full commit id."
        case .buildRunning: "Nothing: the build's own completion is the next event."
        case .buildAbsent: "Run the build for this commit."
        case .buildFailed: "Push a fix; this commit will not be promoted."
        case .gateFailed: "Push a fix, or run the gate again if it was a flake."
        case .gateRunning: "Nothing: the gate's own completion is the next event."
        case .gateCancelled: "Run the gate again for this commit."
        case .gateSkipped: "Run the gate for this commit so that it gives a verdict."
        case .gateAbsent: "Run the gate for this commit."
        case .gateChanged: "Run the gate for this commit."
        case .gateNeverRuns:
            "Run the gate for this commit, or give it a push trigger for the branch."
        case .gateYoung: "Nothing: the next scheduled look finds it old enough."
        case .gateUnknown: "Look at the run; a newer Pawl may know the word."
        case .gateInactive: "Enable the workflow, or correct its name in the policy."
        case .gateUnreadable: "Give the token actions: read, or wait for the host and run again."
        case .behind:
            "Nothing: a newer commit is already live; to go back, promote with --override."
        case .diverged: "Check whether the branch was rewritten, then promote with --override."
        case .ancestryUnreadable:
            "Give the token contents: read or a full clone, or wait for the host and run again."
        case .unlabelled:
            "Promote once with --override, or set forward.unlabelled: accept for the first time."
        case .held: "Nothing; pawl resume lifts the hold."
        case .quarantined: "Promote a later commit, or pass the rule with --override."
        case .belowFloor:
            "Promote a descendant of the floor, or set another with pawl resume --from."
        case .notBehind: "Use pawl promote to go forward."
        case .nothingNewer: "Nothing: the next push, build or gate is the next event."
        case .groupSplit: "Run pawl explain, then promote one commit with --override."
        case .groupHealed: "Nothing: an earlier run was cut short, and this one finished it."
        case .movedByOthers:
            "Run pawl adopt to take the tags as they are, or pawl follow to put them back."
        case .adopted: "Nothing, if nobody deleted the ledger; pawl history shows what it knows."
        case .restored: "Look at what kept the newer commit from going, then promote again."
        case .superseded: "Nothing: the newer move stands."
        case .targetMoved: "Run again, one run at a time for each channel."
        case .registryUnreadable: "Wait for the registry and run again."
        case .registryDenied: "Log in to the registry with an account that may do this."
        case .tagImmutable: "Exempt the channel's tag from the registry's immutability rule."
        case .unfinished: "Run again: Pawl finishes what was begun."
        case .ledgerUnreadable:
            "Make the ledger readable again and run again; pawl ledger verify checks it."
        case .ledgerUnwritable: "Give Pawl the right to write the ledger and run again."
        case .hookFailed: "Look at the hook's receiver; pawl history shows what it was to be told."
        case .notConcerned: "Nothing."
        case .otherBranch: "Merge the commit into the channel's branch first."
        case .fromFork: "Nothing: runs from forks never count."
        case .upstreamNotGreen: "Nothing: only a success can promote."
        case .badCandidate: "Give a commit of this repository, with 7 to 40 digits."
        case .liveRed:
            "Look at the run; promote an older commit with --override if it must go back."
        case .wrongUse: "Correct it and run again."
        }
    }
}
