import PawlYAML

/// `90s`, `30m`, `2h`, `7d`.
enum DurationText {
    enum Malformed: Error, Hashable { case form, range }

    /// Own choice: a gate of more than a month is a slip.
    private static let secondsMax: Int64 = 30 * 86400
    private static let units: [(letter: UInt8, seconds: Int64)] = [
        (UInt8(ascii: "s"), 1), (UInt8(ascii: "m"), 60), (UInt8(ascii: "h"), 3600),
        (UInt8(ascii: "d"), 86400),
    ]

    static func read(_ text: String) throws(Malformed) -> Duration {
        let digits = text.utf8.dropLast()
        guard let unit = units.first(where: { $0.letter == text.utf8.last }), !digits.isEmpty,
            digits.allSatisfy(isASCIIDigit)
        else { throw .form }
        guard let count = Int64(String(text.dropLast())), count > 0, count <= secondsMax,
            count * unit.seconds <= secondsMax
        else { throw .range }
        return .seconds(count * unit.seconds)
    }
}

extension DurationText.Malformed: Explained {
    func wording(of text: String) -> Wording {
        let advice = "Write a whole number and a unit, like 90s, 30m, 2h or 7d; at most 30d."
        return switch self {
        case .form: Wording("\(quoted(text)) is not a duration", advice: advice)
        case .range: Wording("\(quoted(text)) is not between 1s and 30d", advice: advice)
        }
    }
}
