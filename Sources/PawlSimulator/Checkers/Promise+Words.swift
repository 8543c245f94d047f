// The promises in the words of docs/GUARANTEES.md, which a test compares.

extension Promise {
    /// What is checked, in full; nothing more is promised.
    package var words: [String] {
        switch self {
        case .forwardOnly:
            [
                "With a ledger: an entry that the rules made goes to the commit of the "
                    + "entry in force or to a descendant; a rollback names every commit of the "
                    + "branch's page that came after its own; a restore names a plan that was "
                    + "in force; and nobody writes by a plan that it knew was over.",
                "Without one: a write is sent only after a look at the tag that came "
                    + "after judging, and what that look showed is what was judged, the "
                    + "commit's own or an ancestor's.",
            ]
        case .greenOnly:
            [
                "The build and every gate of a commit that goes by the rules were green, "
                    + "each at a moment between the beginning of the errand and its judging, "
                    + "and the commit was on the branch. A gate that was not due counts as "
                    + "green where it is proved; red is inherited. The channel was not held, "
                    + "and the commit neither quarantined nor below the floor, by the entry "
                    + "that it was decided after."
            ]
        case .together:
            [
                "An errand that says that it promoted has seen every image of its plan "
                    + "arrive. One that was refused an image for good, and met no other "
                    + "trouble, leaves no other image at the new plan."
            ]
        case .digestPinned:
            [
                "Every digest of a plan was seen by the errand at the commit's own source "
                    + "tag and bears the commit's full id, for every image before the first "
                    + "write; and nothing but a plan's digest is ever written, or what the tag "
                    + "had before."
            ]
        case .recordedBeforeDone:
            [
                "With a ledger: no tag is written by a plan that is not in it, followed "
                    + "is recorded only where every tag was there since the plan was made or "
                    + "the errand began, a hook is told only after that and by the entry's own "
                    + "id, and who says that it promoted finds it so in the ledger.",
                "Without one: who says that it promoted had an answer to every write.",
            ]
        case .converges:
            [
                "When nothing goes wrong any more, three looks bring every channel to "
                    + "where the rules lead: no commit is left that would go, the group is "
                    + "together, and the tags are at what the ledger says."
            ]
        case .nothingLost:
            [
                "Every errand that was begun ended with one receipt or was killed; "
                    + "whatever events were lost, two looks of the calm have done all that "
                    + "converges asks for; and a move that was followed is told to its hook."
            ]
        case .oneWinner:
            [
                "Every place of the ledger has one entry, no id is there twice, each "
                    + "carries what was before it on, and who says that it promoted by an entry "
                    + "has written that entry."
            ]
        case .explainsItself:
            [
                "Whatever does not promote names a reason with what to do, the exit "
                    + "status is the contract's, and what is said of gates, of order and of "
                    + "rest was so at a moment that the errand can have seen."
            ]
        }
    }

    /// What the checker lets pass, as no registry makes more possible or a person has to act.
    package var excuses: [String] {
        switch self {
        case .forwardOnly:
            [
                "A person's order may take a channel back.",
                "Without a ledger, a tag may go back where it was at something else when "
                    + "the write landed than when its sender looked.",
                "Without a ledger, a tag may be put back to what it had before, once "
                    + "another of its group was refused.",
                "With a ledger, where a tag is when a write lands is not judged here: "
                    + "what is live is what the ledger says.",
            ]
        case .greenOnly:
            [
                "An errand's beginning is taken 45 s earlier where answers may be "
                    + "outdated, and at the event's own run where that is older.",
                "What turns red after it was judged is not seen, and a plan that is begun "
                    + "is finished.",
                "A person's order past the rules, a rollback, a restore, what a person "
                    + "adopts and what a new ledger begins with are not judged.",
                "An age is counted by the fastest of the clocks.",
                "Images of two lines have no oldest commit: a gate may be proved since "
                    + "any of them.",
            ]
        case .together:
            [
                "From the first write to the last, and until the next look where the "
                    + "writer was killed between them, the group is split.",
                "Without a ledger, a tag that was not there before stays: it cannot be "
                    + "taken away again.",
                "Without a ledger, an outdated answer can make a tag seem to have "
                    + "arrived.",
                "An image that the ledger's plan in force does not name, or names so, may "
                    + "stay where it is.",
            ]
        case .digestPinned:
            [
                "A digest that the ledger has recorded for the commit needs no label."
            ]
        case .recordedBeforeDone:
            [
                "Where answers may be outdated, a tag that was there up to 45 s before "
                    + "the errand began counts as there."
            ]
        case .converges:
            [
                "A held channel stays.",
                "Tags that somebody else moved stay where the policy does not restore.",
                "A write that came late, one whose sender was killed, and one that its "
                    + "sender was refused to take back are as good as somebody else's.",
                "An image that says no commit, a commit that the host does not know and a "
                    + "short id of two commits leave the channel as it is.",
                "Two commits with one source tag are one to a look.",
                "A branch that was rewritten, and a split whose newest commit does not "
                    + "pass, wait for a person.",
                "A plan whose content is gone stays, where no earlier one can take its "
                    + "place.",
                "After a move had to be put back, looks pause.",
            ]
        case .nothingLost:
            [
                "A hook that could not be told is named by the ledger, and not told for "
                    + "ever.",
                "What was adopted is told to no hook.",
            ]
        case .oneWinner:
            [
                "Who only follows names the entry that was followed."
            ]
        case .explainsItself:
            [
                "What follows an order may leave the reason to the order's own receipt.",
                "A reason that names no commit may be about any commit that the errand "
                    + "asked the runs of.",
                "Where somebody else moved the tags or the group is split, the reasons "
                    + "may be another commit's.",
                "That a hook could not be told does not make a settled commit doubtful.",
            ]
        }
    }
}
