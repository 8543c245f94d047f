/// A shell script cut into commands and words, with quotes and expansions left as they stand. It
/// knows as much of the shell as lines that publish images use; the rest becomes words that nobody
/// looks at.
struct ShellWords {
    /// Own choice: no build script has more.
    private static let commandsMax = 2000

    private(set) var commands: [[String]] = []
    private var command: [String] = []
    private var word = String.UnicodeScalarView()
    private var hasWord = false

    init(_ script: String) {
        let joined = script.replacing("\\\r\n", with: " ").replacing("\\\n", with: " ")
        let scalars = Array(joined.unicodeScalars)
        var place = 0
        while place < scalars.count, commands.count < Self.commandsMax {
            place = step(scalars, at: place)
        }
        endCommand()
    }

    private mutating func step(_ scalars: [Unicode.Scalar], at place: Int) -> Int {
        let scalar = scalars[place]
        switch scalar {
        case "\n", ";", "&", "|", "(", ")":
            endCommand()
            return place + 1
        case " ", "\t", "\r":
            endWord()
            return place + 1
        case "#" where !hasWord:
            return scalars[place...].firstIndex(of: "\n") ?? scalars.count
        case ">", "<":
            endWord()
            return place + 1
        case "'": return take(scalars, from: place, to: closing("'", in: scalars, after: place))
        case "\"":
            return take(scalars, from: place, to: closing("\"", in: scalars, after: place))
        case "`": return take(scalars, from: place, to: closing("`", in: scalars, after: place))
        case "$" where scalars.dropFirst(place + 1).first == "(":
            return take(scalars, from: place, to: closingBracket(in: scalars, after: place + 1))
        case "\\": return take(scalars, from: place, to: place + 1)
        default: return take(scalars, from: place, to: place)
        }
    }

    private mutating func take(_ scalars: [Unicode.Scalar], from place: Int, to last: Int) -> Int {
        let end = min(last + 1, scalars.count)
        word.append(contentsOf: scalars[place..<end])
        hasWord = true
        return end
    }

    private func closing(_ quote: Unicode.Scalar, in scalars: [Unicode.Scalar], after: Int) -> Int {
        var place = after + 1
        while place < scalars.count {
            if scalars[place] == quote { return place }
            if scalars[place] == "\\", quote != "'" { place += 1 }
            if scalars[place...].starts(with: ["$", "("]), quote == "\"" {
                place = closingBracket(in: scalars, after: place + 1)
            }
            place += 1
        }
        return scalars.count
    }

    private func closingBracket(in scalars: [Unicode.Scalar], after open: Int) -> Int {
        var depth = 0
        for place in open..<scalars.count {
            if scalars[place] == "(" { depth += 1 }
            if scalars[place] == ")" { depth -= 1 }
            if depth == 0 { return place }
        }
        return scalars.count
    }

    private mutating func endWord() {
        if hasWord { command.append(String(word)) }
        word = String.UnicodeScalarView()
        hasWord = false
    }

    private mutating func endCommand() {
        endWord()
        if !command.isEmpty { commands.append(command) }
        command = []
    }
}
