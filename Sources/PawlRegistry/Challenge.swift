/// One challenge of a `WWW-Authenticate` header (RFC 9110, 11.6.1).
package struct Challenge: Hashable, Sendable {
    /// Why a header cannot be read.
    package enum Malformed: Error, Hashable, Sendable {
        case scheme, parameter, quote, escape, separator
    }

    /// What a client with a user name, a password or a token can do about the challenges.
    package enum Answer: Hashable, Sendable {
        case bearer(Bearer)
        case basic
        /// Schemes that are not spoken, by name.
        case unsupported([String])
    }

    /// A Bearer challenge with a realm (distribution, "Token Authentication").
    package struct Bearer: Hashable, Sendable {
        /// As written: absolute, or a path at the registry.
        package let realm: String
        /// Empty values count as left out.
        package let service: String?
        /// One for each resource.
        package let scopes: [String]

        /// A challenge by its parameters.
        package init(realm: String, service: String?, scopes: [String]) {
            self.realm = realm
            self.service = service
            self.scopes = scopes
        }

        /// Own choice: scopes of one challenge that are heeded.
        private static let scopesMax = 8

        /// The scopes of repositories, with these actions alone; those that are left with none are
        /// left out.
        func scopes(allowing actions: [String]) -> [String] {
            scopes.prefix(Self.scopesMax).compactMap { scope in
                guard scope.hasPrefix("repository"), let colon = scope.lastIndex(of: ":"),
                    scope.firstIndex(of: ":") != colon
                else { return nil }
                let asked = scope[scope.index(after: colon)...].split(separator: ",")
                let allowed = asked.filter { action in actions.contains { $0 == action } }
                return allowed.isEmpty
                    ? nil : scope[...colon] + allowed.joined(separator: ",")
            }
        }
    }

    /// In lower case.
    package let scheme: String
    /// Names in lower case, in order.
    package let parameters: [(name: String, value: String)]

    /// The first parameter of that name.
    package func parameter(_ name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    package static func == (one: Self, other: Self) -> Bool {
        one.scheme == other.scheme
            && one.parameters.elementsEqual(other.parameters) {
                $0.name == $1.name && $0.value == $1.value
            }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(scheme)
        for parameter in parameters {
            hasher.combine(parameter.name)
            hasher.combine(parameter.value)
        }
    }

    /// The best that the header lines offer: Bearer over Basic over nothing. A line that cannot be
    /// read spoils only itself, unless nothing else is left.
    package static func answer(to lines: [String]) throws(Malformed) -> Answer {
        var challenges: [Challenge] = []
        var malformed: Malformed?
        for line in lines {
            do throws(Malformed) {
                challenges += try parse(line)
            } catch {
                malformed = error
            }
        }
        for challenge in challenges where challenge.scheme == "bearer" {
            guard let realm = challenge.parameter("realm"), !realm.isEmpty else { continue }
            let service = challenge.parameter("service").flatMap { $0.isEmpty ? nil : $0 }
            let scopes = (challenge.parameter("scope") ?? "").split(separator: " ").map(String.init)
            return .bearer(Bearer(realm: realm, service: service, scopes: scopes))
        }
        if challenges.contains(where: { $0.scheme == "basic" }) { return .basic }
        if let malformed { throw malformed }
        return .unsupported(
            challenges.map { $0.scheme == "bearer" ? "bearer without a realm" : $0.scheme })
    }

    /// Every challenge of one header line. Linear in its length.
    package static func parse(_ line: String) throws(Malformed) -> [Challenge] {
        var reader = ChallengeReader(Array(line.utf8))
        return try reader.challenges()
    }
}

/// Reads challenges by the grammar, leniently where servers are known to be lax:
/// unquoted values may hold any character but blank and comma.
private struct ChallengeReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func challenges() throws(Challenge.Malformed) -> [Challenge] {
        var found: [Challenge] = []
        var scheme: String?
        var parameters: [(name: String, value: String)] = []
        skip(blanks: true, commas: true)
        while position < bytes.count {
            let word = token()
            guard !word.isEmpty else { throw scheme == nil ? .scheme : .parameter }
            let afterWord = position
            skip(blanks: true, commas: false)
            if scheme != nil, take(UInt8(ascii: "=")) {
                skip(blanks: true, commas: false)
                parameters.append((word.lowercased(), try value()))
            } else {
                // A new scheme, which a blank or nothing follows.
                guard position > afterWord || position == bytes.count || peek == comma else {
                    throw .scheme
                }
                if let scheme {
                    found.append(Challenge(scheme: scheme, parameters: parameters))
                }
                scheme = word.lowercased()
                parameters = []
                guard position < bytes.count, peek != comma else {
                    skip(blanks: true, commas: true)
                    continue
                }
                skipToken68()
                if position < bytes.count, peek != comma { continue }
            }
            skip(blanks: true, commas: false)
            guard position == bytes.count || peek == comma else { throw .separator }
            skip(blanks: true, commas: true)
        }
        if let scheme { found.append(Challenge(scheme: scheme, parameters: parameters)) }
        return found
    }

    /// `Negotiate YII…==`: credentials of one word instead of parameters. Left where it is if what
    /// follows is a parameter.
    private mutating func skipToken68() {
        let start = position
        while let byte = peek, isToken68(byte) { position += 1 }
        while take(UInt8(ascii: "=")) {}
        skip(blanks: true, commas: false)
        if position < bytes.count, peek != comma { position = start }
    }

    private mutating func value() throws(Challenge.Malformed) -> String {
        guard take(UInt8(ascii: "\"")) else {
            let start = position
            while let byte = peek, byte != comma, byte > 0x20, byte != UInt8(ascii: "\"") {
                position += 1
            }
            guard position > start else { throw .parameter }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }
        var text: [UInt8] = []
        while let byte = peek {
            position += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
            if byte == UInt8(ascii: "\\") {
                guard let escaped = peek else { throw .escape }
                position += 1
                text.append(escaped)
            } else {
                text.append(byte)
            }
        }
        throw .quote
    }

    private mutating func token() -> String {
        let start = position
        while let byte = peek, isToken(byte) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private let comma = UInt8(ascii: ",")
    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func skip(blanks: Bool, commas: Bool) {
        while let byte = peek, byte == 0x20 || byte == 0x09 || (commas && byte == comma) {
            position += 1
        }
    }

    /// RFC 9110, 5.6.2.
    private func isToken(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }

    private func isToken68(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "-._~+/".utf8.contains(byte)
    }

    private func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}
