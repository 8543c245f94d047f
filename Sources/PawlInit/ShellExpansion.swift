/// What a word of a shell script comes to, with the variables that are known.
struct ShellExpansion {
    let variables: [String: String]

    func expanded(_ word: some StringProtocol, isQuoted: Bool = false) -> String {
        var result = ""
        var rest = Substring(word).unicodeScalars
        var inDouble = isQuoted
        while let scalar = rest.popFirst() {
            guard result.utf8.count <= Symbol.charactersMax else {
                return Symbol.unknown("too long")
            }
            switch scalar {
            case "'" where !inDouble:
                let inner = rest.prefix { $0 != "'" }
                result += String(Substring(inner))
                rest = rest.dropFirst(inner.count + 1)
            case "\"": inDouble.toggle()
            case "\\": if let next = rest.popFirst() { result.unicodeScalars.append(next) }
            case "`":
                let inner = rest.prefix { $0 != "`" }
                result += output(of: String(Substring(inner)))
                rest = rest.dropFirst(inner.count + 1)
            case "$": result += dollar(&rest)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private func dollar(_ rest: inout Substring.UnicodeScalarView) -> String {
        switch rest.first {
        case "(":
            var depth = 0
            let inner = rest.prefix { scalar in
                if scalar == "(" { depth += 1 }
                if scalar == ")" { depth -= 1 }
                return depth > 0
            }
            rest = rest.dropFirst(inner.count + 1)
            return output(of: String(Substring(inner.dropFirst())))
        case "{":
            let inner = rest.dropFirst().prefix { $0 != "}" }
            rest = rest.dropFirst(inner.count + 2)
            return variable(Substring(inner))
        default:
            let name = rest.prefix {
                $0.isASCII && ($0.properties.isAlphabetic || isNumeral($0)) || $0 == "_"
            }
            guard !name.isEmpty else { return "$" }
            rest = rest.dropFirst(name.count)
            return variables[String(Substring(name))] ?? Symbol.unknown(Substring(name))
        }
    }

    private func isNumeral(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    /// What stands in `${ }`.
    private func variable(_ text: Substring) -> String {
        let name = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        let value = variables[String(name)]
        let operation = text.dropFirst(name.count)
        switch operation {
        case "": return value ?? Symbol.unknown(name)
        case ":0:7", "::7", ": 0:7", ":0: 7":
            return value == Symbol.sha || value == Symbol.shortSHA
                ? Symbol.shortSHA : Symbol.unknown(text)
        case ",,": return value?.lowercased() ?? Symbol.unknown(name)
        default:
            guard operation.hasPrefix(":-") || operation.hasPrefix(":=") else {
                return Symbol.unknown(text)
            }
            return value ?? Symbol.guess + expanded(operation.dropFirst(2))
        }
    }

    /// What a command prints, for the few that name commits.
    private func output(of command: String) -> String {
        let words = command.split(whereSeparator: \.isWhitespace)
        if command.contains("git rev-parse") || command.contains("git log") {
            guard command.contains("HEAD") || command.contains("SHA") || command.contains("%")
            else { return Symbol.unknown(command) }
            let cut = isCutToSeven(words)
            // git shows more digits where seven would name two things.
            if cut || words.contains("--short=7") { return Symbol.shortSHA }
            if words.contains("--short") || command.contains("%h") {
                return Symbol.guess + Symbol.shortSHA
            }
            let isWhole = command.contains("rev-parse") ? !command.contains("--") : true
            return isWhole && !command.contains("|") ? Symbol.sha : Symbol.unknown(command)
        }
        guard words.first == "echo" || words.first == "printf" || command.contains("<<<") else {
            return Symbol.unknown(command)
        }
        let value = words.dropFirst().lazy.map { expanded($0) }
            .first { !$0.isEmpty && !$0.hasPrefix("-") && !$0.hasPrefix("%") && !$0.hasPrefix("<") }
        guard let value else { return Symbol.unknown(command) }
        if isCutToSeven(words) {
            return value == Symbol.sha || value == Symbol.shortSHA
                ? Symbol.shortSHA : Symbol.unknown(command)
        }
        if words.contains("tr") { return value.lowercased() }
        return command.contains("|") ? Symbol.unknown(command) : value
    }

    private func isCutToSeven(_ words: [Substring]) -> Bool {
        let text = words.joined(separator: " ")
        return ["cut -c1-7", "cut -c 1-7", "cut -c-7", "cut -c -7", "head -c7", "head -c 7"]
            .contains { text.contains($0) }
    }
}
