import PawlEngine
import PawlReport

/// Shapes of 16 by 16, told apart without colour.
enum Icon: String {
    case check, clock, octagon, pause, triangle, diamond, squares, flag, arrow, ring, dots

    /// The outline, filled by the even-odd rule.
    var path: String {
        switch self {
        case .check: Self.disc + "M11.2 4.6 6.9 9.3 4.9 7.3 3.5 8.7 7 12.2 12.7 6Z"
        case .clock: Self.circle + "M7.1 4h1.8v3.6l2.5 1.5-.9 1.5-3.4-2.1Z"
        case .octagon:
            "M4.7 0h6.6L16 4.7v6.6L11.3 16H4.7L0 11.3V4.7ZM5.6 4.2 4.2 5.6 6.6 8 4.2 10.4 5.6 11.8 "
                + "8 9.4 10.4 11.8 11.8 10.4 9.4 8 11.8 5.6 10.4 4.2 8 6.6Z"
        case .pause:
            "M3 0h10a3 3 0 0 1 3 3v10a3 3 0 0 1-3 3H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3Z"
                + "M4.6 4v8h2.4V4ZM9 4v8h2.4V4Z"
        case .triangle: "M8 .6 16 15H0ZM7.1 5.6v4.6h1.8V5.6ZM7.1 11.4v1.8h1.8v-1.8Z"
        case .diamond: "M8 0 16 8 8 16 0 8ZM7.1 3.8v5h1.8v-5ZM7.1 10v1.9h1.8V10Z"
        case .squares: "M0 0h7v7H0ZM9 9h7v7H9ZM11 11v3h3v-3Z"
        case .flag: "M2 0h1.8v16H2ZM4.8 1h9.6l-2.6 4 2.6 4H4.8Z"
        case .arrow: Self.disc + "M8.6 3.8 12.8 8 8.6 12.2 7.3 10.9 9.3 8.9H3.4V7.1h5.9l-2-2Z"
        case .ring: Self.circle
        case .dots:
            "M2.5 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6Z"
                + "M8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6Z"
                + "M13.5 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6Z"
        }
    }

    private static let disc = "M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0Z"
    private static let circle = disc + "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2Z"
}

/// A state as pages show it: a shape, a word, and a tone.
struct Badge {
    let iconPath: String
    let word: String
    let tone: String

    init(_ condition: Condition) {
        self.init(condition.icon, condition.word, condition.tone)
    }

    init(_ icon: Icon, _ word: String, _ tone: String) {
        iconPath = icon.path
        self.word = word
        self.tone = tone
    }

    /// What judging a commit came to.
    init(_ receipt: Receipt) {
        switch receipt.outcome {
        case .promote: self.init(.arrow, "may go", "good")
        case .settled: self.init(.check, "settled", "good")
        case .hold: self.init(.clock, "hold", "wait")
        case .reject: self.init(.octagon, "reject", "bad")
        case .ignore: self.init(.ring, "ignored", "quiet")
        case .error: self.init(.triangle, "cannot tell", "wait")
        }
    }
}
