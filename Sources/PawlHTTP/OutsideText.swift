/// Text from a server, made fit for one line of an error or a log.
package enum OutsideText {
    /// Own choice: characters of outside text in one error.
    package static let charactersMax = 300

    /// Names whose values are secrets, wherever they stand in a text.
    private static let secretNames = [
        "access_token", "refresh_token", "identitytoken", "registrytoken", "token", "password",
        "secret", "client_secret", "x-amz-signature", "x-amz-security-token", "x-amz-credential",
        "signature", "sig", "authorization",
    ]

    private static let schemes = ["bearer", "basic", "token", "negotiate", "digest"]

    /// Control characters become blanks, runs of blanks one, secrets `***`; cut with an ellipsis.
    package static func line(_ text: some StringProtocol, max: Int = charactersMax) -> String {
        // A secret may stand across the cut, so it is looked for first, in a bounded prefix.
        // By scalars: a sign that joins what follows would hide a blank or a quotation mark.
        var scalars = String.UnicodeScalarView()
        var isBlank = true
        for scalar in redacted(String(text).unicodeScalars.prefix(max * 4)) {
            if scalar.properties.isWhitespace || isControl(scalar) {
                if !isBlank { scalars.append(" ") }
                isBlank = true
            } else {
                scalars.append(scalar)
                isBlank = false
            }
        }
        if scalars.last == " " { scalars.removeLast() }
        let line = String(scalars)
        return line.count > max ? line.prefix(max - 1) + "…" : line
    }

    /// The same of bytes that should be UTF-8.
    package static func line(_ bytes: some Collection<UInt8>, max: Int = charactersMax) -> String {
        line(String(decoding: bytes.prefix(max * 16), as: UTF8.self), max: max)
    }

    /// The text with `***` wherever the secret's bytes stand. A mark that follows a secret becomes
    /// one character with its end, so characters would not be found.
    package static func without(_ secret: String, in text: String) -> String {
        let secret = Array(secret.utf8)
        guard let first = secret.first else { return text }
        var output: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let start = rest.firstIndex(of: first) {
            output += rest[..<start]
            rest = rest[start...]
            if rest.starts(with: secret) {
                output += "***".utf8
                rest = rest.dropFirst(secret.count)
            } else {
                output.append(rest.removeFirst())
            }
        }
        return String(decoding: output + rest, as: UTF8.self)
    }

    /// Control characters, and those that turn the direction of text or hide it.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: true
        default: false
        }
    }

    private static func redacted(
        _ text: Substring.UnicodeScalarView
    ) -> String.UnicodeScalarView {
        var output = String.UnicodeScalarView()
        var word = ""
        var rest = text
        while let scalar = rest.popFirst() {
            output.append(scalar)
            if isOfAWord(scalar) {
                word.unicodeScalars.append(scalar)
                continue
            }
            let isNamed = isSecret(word) && (scalar == "=" || scalar == ":")
            let isQuoted = isSecret(word) && (scalar == "\"" || scalar == "'")
            let isScheme = ["bearer", "basic"].contains(word.lowercased()) && scalar == " "
            word = ""
            if isQuoted {
                let separator = rest.prefix { $0 == " " || $0 == ":" || $0 == "=" }
                guard separator.contains(where: { $0 != " " }) else { continue }
                output.append(contentsOf: separator)
                rest = rest.dropFirst(separator.count)
            }
            guard isNamed || isQuoted || isScheme else { continue }
            skipSecret(in: &rest, to: &output, isScheme: isScheme)
        }
        return output
    }

    /// Drops the value at the front; after a scheme's name only what looks like a credential.
    private static func skipSecret(
        in rest: inout Substring.UnicodeScalarView, to output: inout String.UnicodeScalarView,
        isScheme: Bool
    ) {
        let opening = rest.prefix { $0 == " " || $0 == "\"" || $0 == "'" }
        let value = rest.dropFirst(opening.count).prefix { !ends.contains($0) }
        let isCredential = value.count >= 16 && !String(value).contains("=\"")
        guard !value.isEmpty, !isScheme || isCredential else { return }
        output.append(contentsOf: opening)
        output.append(contentsOf: "***".unicodeScalars)
        rest = rest.dropFirst(opening.count + value.count)
        // `Authorization: Bearer …`: the scheme was the value's first word.
        guard schemes.contains(String(value).lowercased()) else { return }
        rest = rest.drop { $0 == " " }.drop { !ends.contains($0) }
    }

    /// What ends a value.
    private static let ends = " \"'&,;<>)}]\n\r\t".unicodeScalars

    private static func isOfAWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_"
            || scalar == "-"
    }

    private static func isSecret(_ word: String) -> Bool {
        secretNames.contains(word.lowercased())
    }
}
