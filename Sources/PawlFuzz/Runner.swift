/// What the runner of GitHub Actions makes of a step's output and files, byte by byte and by its
/// own source: `ActionCommand` and `FileCommandManager`.
enum Runner {
    /// A workflow command of one line.
    struct Command: Hashable {
        let name: String
        let properties: [[String]]
        let message: String
    }

    /// Reads the second version of commands, `::name a=b,c=d::message`; `nil` for no command.
    static func command(_ line: String) -> Command? {
        let bytes = Array(line.utf8)
        guard bytes.starts(with: "::".utf8) else { return nil }
        let body = bytes.dropFirst(2)
        guard
            let end = body.indices.dropLast().first(where: { body[$0...].starts(with: "::".utf8) })
        else { return nil }
        let head = body[..<end].split(
            separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
        let properties = (head.dropFirst().first ?? []).split(separator: UInt8(ascii: ",")).map {
            $0.split(separator: UInt8(ascii: "="), maxSplits: 1).map { part in
                unescapedProperty(String(decoding: part, as: UTF8.self))
            }
        }
        return Command(
            name: String(decoding: head.first ?? [], as: UTF8.self), properties: properties,
            message: unescapedMessage(String(decoding: body[(end + 2)...], as: UTF8.self)))
    }

    /// Undoes the escapes of a message.
    static func unescapedMessage(_ text: String) -> String {
        replaced(text, [("%0D", "\r"), ("%0A", "\n"), ("%25", "%")])
    }

    /// Undoes the escapes of a property.
    static func unescapedProperty(_ text: String) -> String {
        replaced(
            text, [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")])
    }

    private static func replaced(_ text: String, _ escapes: [(String, String)]) -> String {
        var bytes = Array(text.utf8)
        // One after the other over the whole text, as the runner does.
        for (escape, character) in escapes {
            var output: [UInt8] = []
            var rest = bytes[...]
            while let byte = rest.first {
                if rest.starts(with: escape.utf8) {
                    output += character.utf8
                    rest = rest.dropFirst(escape.utf8.count)
                } else {
                    output.append(byte)
                    rest = rest.dropFirst()
                }
            }
            bytes = output
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads a file of outputs; `nil` where the runner would refuse it.
    static func outputs(_ text: String) -> [(name: String, value: String)]? {
        var lines = text.utf8.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
        ).map { Array($0) }[...]
        var outputs: [(name: String, value: String)] = []
        while let line = lines.popFirst() {
            if line.isEmpty { continue }
            let equals = line.firstIndex(of: UInt8(ascii: "="))
            let heredoc = line.indices.dropLast().first { line[$0...].starts(with: "<<".utf8) }
            if let equals, equals < heredoc ?? Int.max {
                outputs.append(
                    (string(line[..<equals]), string(line[(equals + 1)...])))
            } else if let heredoc {
                let end = Array(line[(heredoc + 2)...])
                guard let last = lines.firstIndex(of: end), !end.isEmpty, heredoc > 0 else {
                    return nil
                }
                let value = lines[..<last].joined(separator: [UInt8(ascii: "\n")])
                outputs.append((string(line[..<heredoc]), string(Array(value))))
                lines = lines[(last + 1)...]
            } else {
                return nil
            }
        }
        return outputs
    }

    private static func string(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}
