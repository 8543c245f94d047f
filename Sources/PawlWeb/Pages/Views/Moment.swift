import PawlCore

/// A moment as pages show it: how long ago, with the exact time beside it.
struct Moment {
    /// `3 min ago`, `in 40 s`.
    let ago: String
    /// For programs: RFC 3339.
    let stamp: String
    /// For people who want it exactly.
    let exact: String

    init(_ moment: Instant, now: Instant) {
        let seconds = now.since(moment).components.seconds
        let words = Self.words(seconds.magnitude)
        ago = seconds.magnitude < 5 ? "now" : seconds < 0 ? "in \(words)" : "\(words) ago"
        stamp = moment.timestamp
        exact = moment.timestamp.replacing("T", with: " ").replacing("Z", with: " UTC")
    }

    private static func words(_ seconds: UInt64) -> String {
        switch seconds {
        case ..<90: "\(seconds) s"
        case ..<5400: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86400) days"
        }
    }
}
