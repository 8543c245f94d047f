import PawlYAML

/// `${NAME}` in secrets and addresses.
enum Variables {
    /// The text with every variable replaced; `nil` after a complaint. A complaint names the
    /// variable and never a value. A replaced value is not looked at for further variables.
    static func replaced(in text: String, at mark: Mark, _ review: inout Review) -> String? {
        var result = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "${") {
            result += rest[..<open.lowerBound]
            guard let close = rest[open.upperBound...].firstIndex(of: "}"),
                isName(rest[open.upperBound..<close])
            else {
                review.refuse(
                    "${ does not begin a variable's name", at: mark,
                    advice: "Write ${NAME} with letters, digits and _.")
                return nil
            }
            let name = String(rest[open.upperBound..<close])
            guard let value = review.environment(name), !value.isEmpty else {
                review.refuse(
                    "the environment variable \(name) is not set", at: mark,
                    advice: "Set it where Pawl runs.")
                return nil
            }
            result += value
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    /// The first variable of the text that is not set.
    static func lacking(in text: String, _ review: Review) -> String? {
        var rest = text[...]
        while let open = rest.firstRange(of: "${"),
            let close = rest[open.upperBound...].firstIndex(of: "}")
        {
            let name = String(rest[open.upperBound..<close])
            if isName(name[...]), (review.environment(name) ?? "").isEmpty { return name }
            rest = rest[close...]
        }
        return nil
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, !isASCIIDigit(first) else { return false }
        return text.utf8.allSatisfy { byte in
            isASCIIDigit(byte) || byte == UInt8(ascii: "_")
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
    }
}

func isASCIIDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}
