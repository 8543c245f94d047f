/// What the rules come to.
package enum Verdict: Hashable, Sendable {
    /// Every rule passed: the group shall have these digests. The reasons are warnings.
    case promote(Plan, [Reason])
    /// Already there, or nothing to do.
    case settled([Reason])
    /// Not yet; looked at again.
    case hold([Reason])
    /// Not this commit.
    case reject([Reason])
    /// The event concerns no channel.
    case ignore(Reason)

    /// Why, in rule order.
    package var reasons: [Reason] {
        switch self {
        case .promote(_, let reasons), .settled(let reasons), .hold(let reasons),
            .reject(let reasons):
            reasons
        case .ignore(let reason): [reason]
        }
    }
}

/// A verdict with everything that led to it.
package struct Decision: Hashable, Sendable {
    /// What it comes to.
    package let verdict: Verdict
    /// Every finding, in rule order.
    package let findings: [Finding]
}
