import PawlReport

/// Commands that say where a channel shall be, rather than what to judge. They need a ledger to say
/// it in; without one the next green commit would undo them.
enum LedgerWords {
    private static let words = [
        "rollback", "resume", "hold", "quarantine", "adopt", "follow", "history", "ledger",
    ]

    static func check(_ arguments: [String]) throws(WrongUse) {
        guard let word = arguments.first, words.contains(word) else { return }
        throw WrongUse(
            "pawl \(word) needs a ledger, and this version keeps none yet.",
            advice: word == "rollback"
                ? "To go back once: pawl promote SHA --override REASON. The next green commit "
                    + "moves the channel forward again."
                : "The truth is the registry: pawl status reads it.")
    }
}
