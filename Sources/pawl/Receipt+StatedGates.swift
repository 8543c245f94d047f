import PawlCore
import PawlEngine

extension Receipt {
    /// The same, for a policy without a code host: nobody will run what is missing there, a person
    /// states it.
    var advisingToState: Receipt {
        var receipt = self
        receipt.reasons = reasons.map { reason in
            guard Self.stateable.contains(reason.code) else { return reason }
            let isCommit = (try? CommitID(reason.subject)) != nil
            let commit =
                isCommit ? String(reason.subject.prefix(CommitID.shortDigits)) : commit?.short
            return Reason(
                reason.code, reason.subject, reason.text,
                advice: "If it was green, say so: pawl promote \(commit ?? "SHA") --gate "
                    + "\(isCommit ? "NAME" : reason.subject)=success.")
        }
        receipt.look = look.map(\.advisingToState)
        return receipt
    }

    private static let stateable: Set<ReasonCode> = [
        .gateAbsent, .gateChanged, .gateNeverRuns, .buildAbsent,
    ]
}
