/// The known word that was probably meant, by the fewest slips of a typist: a letter too many, too
/// few, another one, or two neighbours exchanged. `nil` if none is near.
func nearestWord(to typed: String, among known: [String]) -> String? {
    known
        .filter { abs($0.utf8.count - typed.utf8.count) <= 3 }
        .map { (word: $0, slips: slips(from: Array(typed.utf8), to: Array($0.utf8))) }
        .filter { $0.slips * 3 <= max($0.word.utf8.count, typed.utf8.count) + 1 }
        .min { ($0.slips, $0.word) < ($1.slips, $1.word) }?.word
}

/// Optimal string alignment distance.
private func slips(from typed: [UInt8], to word: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...word.count)
    for (row, letter) in typed.enumerated() {
        var current = [row + 1]
        for (column, wanted) in word.enumerated() {
            var least = min(
                last[column] + (letter == wanted ? 0 : 1), last[column + 1] + 1,
                current[column] + 1)
            if row > 0, column > 0, letter == word[column - 1], typed[row - 1] == wanted {
                least = min(least, beforeLast[column - 1] + 1)
            }
            current.append(least)
        }
        beforeLast = last
        last = current
    }
    return last[word.count]
}
