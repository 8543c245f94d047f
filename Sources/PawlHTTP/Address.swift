/// An absolute `http` or `https` address, taken apart. Nothing in it is decoded.
package struct Address: Hashable, Sendable, CustomStringConvertible {
    /// `http` or `https`.
    package let scheme: String
    /// Lower-cased; an IPv6 address keeps its brackets.
    package let host: String
    /// The port that was written, else the scheme's own.
    package let port: Int
    /// Path and query; begins with a slash.
    package let target: String
    /// Whether there was a user name or a password before the host. It is not kept.
    package let hasUserInformation: Bool
    /// Whether there was a fragment. It is not kept.
    package let hasFragment: Bool

    /// Reads an address; `nil` for other schemes, relative ones, and anything that is not one.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            let mark = text.range(ofScheme: "://")
        else { return nil }
        let scheme = text[..<mark.lowerBound].lowercased()
        guard scheme == "https" || scheme == "http" else { return nil }

        var rest = String(text[mark.upperBound...])
        hasFragment = rest.contains("#")
        if let hash = rest.firstIndex(of: "#") { rest = String(rest[..<hash]) }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "\\" } ?? rest.endIndex
        var authority = String(rest[..<end])
        hasUserInformation = authority.contains("@")
        if let at = authority.lastIndex(of: "@") {
            authority = String(authority[authority.index(after: at)...])
        }
        guard let (host, port) = Self.hostAndPort(authority), Self.isHost(host) else { return nil }
        self.scheme = scheme
        self.host = host.lowercased()
        self.port = port ?? (scheme == "https" ? 443 : 80)
        let target = rest[end...]
        guard !target.hasPrefix("\\") else { return nil }
        self.target = target.hasPrefix("/") ? String(target) : "/" + target
    }

    /// Scheme, host and port: what credentials are bound to.
    package var origin: String { "\(scheme)://\(authority)" }

    /// Host, with its port unless it is the scheme's own.
    package var authority: String {
        port == (scheme == "https" ? 443 : 80) ? host : "\(host):\(port)"
    }

    /// Path without query.
    package var path: String { String(target.prefix { $0 != "?" }) }

    /// The whole address as it is sent.
    package var description: String { origin + target }

    /// The address without its query, which may hold a signature or a token.
    package var withoutQuery: String { origin + path }

    /// The address that a `Location` names, seen from here: absolute, or from the root, or (RFC
    /// 3986, 4.2) with the scheme alone left out. Other forms are not followed: `nil`.
    package func following(_ location: String) -> Address? {
        if location.hasPrefix("//") { return Address("\(scheme):\(location)") }
        if location.hasPrefix("/") { return Address(origin + location) }
        return Address(location)
    }

    private static func hostAndPort(_ authority: String) -> (host: String, port: Int?)? {
        let afterAddress = authority.lastIndex(of: "]") ?? authority.startIndex
        guard let colon = authority[afterAddress...].lastIndex(of: ":") else {
            return authority.isEmpty ? nil : (authority, nil)
        }
        let digits = authority[authority.index(after: colon)...]
        guard colon > authority.startIndex, digits.allSatisfy({ ("0"..."9").contains($0) }),
            let port = Int(digits), (1...65535).contains(port)
        else { return nil }
        return (String(authority[..<colon]), port)
    }
}

extension Address {
    /// A name or an IPv4 address, or an IPv6 address in brackets (RFC 3986, 3.2.2) without a zone.
    /// Names with an underscore are in use, percent escapes and signs are not.
    private static func isHost(_ text: String) -> Bool {
        if text.hasPrefix("[") {
            let address = text.dropFirst().dropLast()
            return text.hasSuffix("]") && address.contains(":")
                && address.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
        }
        // The last label may be empty: a full stop ends a name that is looked up as it stands.
        let name = text.hasSuffix(".") ? text.dropLast() : text[...]
        return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty
                && label.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
        }
    }
}

extension StringProtocol {
    fileprivate func range(ofScheme mark: String) -> Range<Index>? {
        guard let colon = firstIndex(of: ":"), self[colon...].hasPrefix(mark) else { return nil }
        return colon..<index(colon, offsetBy: mark.count)
    }
}
