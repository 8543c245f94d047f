/// Addresses that are not the public network's, and that nobody may make Pawl reach by naming them:
/// this machine, the services of clouds that hand out credentials, and private networks.
enum InnerHost: Hashable, Sendable {
    /// Loopback, or "any address", which is this machine to a client.
    case thisMachine
    /// Link-local addresses and the metadata services of clouds.
    case metadata
    /// Networks of an organisation (RFC 1918, RFC 4193, RFC 6598).
    case privateNetwork
    /// A spelling that resolvers read in different ways, or that is no host at all: `0x7f.1`,
    /// `2130706433`, `010.0.0.1`.
    case odd

    /// Own choice: the names by which clouds' own metadata services are known.
    private static let metadataNames = [
        "metadata.google.internal", "metadata.goog", "instance-data",
        "instance-data.ec2.internal",
    ]

    /// What a host, as an address writes it, is by its very text; `nil` for the public network. A
    /// name may still resolve to any address.
    init?(_ host: String) {
        var host = host.lowercased()
        while host.hasSuffix(".") { host.removeLast() }
        let kind =
            host.hasPrefix("[")
            ? Self.ofIPv6(host.dropFirst().dropLast(), isClosed: host.hasSuffix("]"))
            : Self.ofName(host)
        guard let kind else { return nil }
        self = kind
    }

    /// Whether no registry's storage can be there. Private networks do have storage of their own.
    static func isInner(_ host: String) -> Bool {
        switch Self(host) {
        case .thisMachine, .metadata, .odd: true
        case .privateNetwork, nil: false
        }
    }

    private static func ofName(_ host: String) -> Self? {
        if host == "localhost" || host.hasSuffix(".localhost") { return .thisMachine }
        if metadataNames.contains(host) { return .metadata }
        let isPlain = host.utf8.allSatisfy { byte in
            isLowercaseHexOrLetter(byte) || byte == UInt8(ascii: ".")
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
        }
        guard isPlain, !host.isEmpty else { return .odd }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard let last = labels.last, last.first?.isNumber == true else { return nil }
        guard let bytes = ipv4(labels) else { return .odd }
        return ofIPv4(bytes)
    }

    private static func isLowercaseHexOrLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Four decimal numbers without leading zeros: the only spelling that everybody reads alike.
    private static func ipv4(_ labels: [Substring]) -> [UInt8]? {
        let bytes = labels.compactMap { label -> UInt8? in
            guard label.allSatisfy(\.isNumber), label == "0" || !label.hasPrefix("0") else {
                return nil
            }
            return UInt8(label)
        }
        return labels.count == 4 && bytes.count == 4 ? bytes : nil
    }

    /// IANA, "IPv4 Special-Purpose Address Registry"; 100.100.100.200 and 192.0.0.192 are clouds'
    /// metadata services.
    private static func ofIPv4(_ bytes: [UInt8]) -> Self? {
        switch (bytes[0], bytes[1]) {
        case (0, _), (127, _): .thisMachine
        case (169, 254): .metadata
        case _ where bytes == [100, 100, 100, 200] || bytes.starts(with: [192, 0, 0]): .metadata
        case (10, _), (172, 16...31), (192, 168), (100, 64...127), (198, 18...19): .privateNetwork
        case (224..., _): .odd
        default: nil
        }
    }

    /// IANA, "IPv6 Special-Purpose Address Registry". Addresses that carry an IPv4 address are what
    /// that one is.
    private static func ofIPv6(_ text: Substring, isClosed: Bool) -> Self? {
        guard isClosed, let groups = groups(of: text) else { return .odd }
        func carried(_ high: UInt16, _ low: UInt16) -> Self? {
            ofIPv4([high, low].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
        }
        if groups.dropLast().allSatisfy({ $0 == 0 }), groups[7] < 2 { return .thisMachine }
        if groups.prefix(5).allSatisfy({ $0 == 0 }), [0, 0xFFFF].contains(groups[5]) {
            return carried(groups[6], groups[7]) ?? .odd
        }
        switch groups[0] {
        case 0x64 where groups[1] == 0xFF9B: return carried(groups[6], groups[7]) ?? .odd
        case 0x2002: return carried(groups[1], groups[2])
        case 0xFD00 where groups[1] == 0xEC2: return .metadata
        case 0xFE80...0xFEBF: return .metadata
        case 0xFC00...0xFDFF, 0xFEC0...0xFEFF: return .privateNetwork
        case 0xFF00...: return .odd
        default: return nil
        }
    }

    /// The eight groups of an address (RFC 4291, 2.2), the last two perhaps in dotted form; a zone
    /// makes it none.
    private static func groups(of text: Substring) -> [UInt16]? {
        let halves = halves(of: text)
        guard halves.count < 3, let front = parts(of: halves[0], isLast: halves.count == 1) else {
            return nil
        }
        guard halves.count == 2 else { return front.count == 8 ? front : nil }
        guard let back = parts(of: halves[1], isLast: true), front.count + back.count < 8 else {
            return nil
        }
        return front + [UInt16](repeating: 0, count: 8 - front.count - back.count) + back
    }

    /// What stands before and after `::`.
    private static func halves(of text: Substring) -> [Substring] {
        var halves: [Substring] = []
        var rest = text
        while let mark = rest.indices.first(where: { rest[$0...].hasPrefix("::") }) {
            halves.append(rest[..<mark])
            rest = rest[mark...].dropFirst(2)
        }
        return halves + [rest]
    }

    private static func parts(of text: Substring, isLast: Bool) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        let words = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, word) in words.enumerated() {
            if isLast, index == words.count - 1, word.contains(".") {
                guard let bytes = ipv4(word.split(separator: ".", omittingEmptySubsequences: false))
                else { return nil }
                groups += [
                    UInt16(bytes[0]) << 8 | UInt16(bytes[1]),
                    UInt16(bytes[2]) << 8 | UInt16(bytes[3]),
                ]
                continue
            }
            guard (1...4).contains(word.count), word.allSatisfy(\.isHexDigit),
                let group = UInt16(word, radix: 16)
            else { return nil }
            groups.append(group)
        }
        return groups
    }
}
