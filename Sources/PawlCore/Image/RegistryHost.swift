/// The host of a registry, lower-cased, with its port if one was written (`ghcr.io`,
/// `registry.internal:5000`, `[::1]:5000`).
package struct RegistryHost: Hashable, Sendable, CustomStringConvertible {
    /// Docker Hub's name in references; the adapter knows which host serves it.
    package static let dockerHub = RegistryHost(name: "docker.io", port: nil)
    /// Stands for this machine's folders in the place of a host. No registry has this name: a colon
    /// belongs to a port.
    package static let layout = RegistryHost(name: "oci:", port: nil)

    /// Host name or address without the port; an IPv6 address keeps its brackets.
    package let name: String
    /// 1 to 65535, if one was written.
    package let port: Int?

    private init(name: String, port: Int?) {
        self.name = name
        self.port = port
    }

    /// Reads `name[:port]`. `index.docker.io` is an old name of Docker Hub.
    package init(_ text: some StringProtocol) throws(ImageReference.Malformed) {
        var name = String(text)
        var port: Int?
        let afterAddress = name.lastIndex(of: "]") ?? name.startIndex
        if let colon = name[afterAddress...].lastIndex(of: ":") {
            let digits = name[name.index(after: colon)...]
            guard !digits.isEmpty, digits.utf8.allSatisfy(isDigit), let number = Int(digits),
                (1...65535).contains(number)
            else { throw .port }
            port = number
            name = String(name[..<colon])
        }
        guard Self.isAddress(name) || Self.isDomain(name) else { throw .host }
        name = name.lowercased()
        self.init(name: name == "index.docker.io" ? "docker.io" : name, port: port)
    }

    /// `name[:port]`.
    package var description: String { port.map { "\(name):\($0)" } ?? name }

    /// Whether the host is this machine by its very name: `localhost`, `*.localhost`, 127/8, `::1`.
    /// Plain HTTP is allowed to these alone. The whole name counts, never a prefix of it.
    package var isLoopback: Bool {
        if name == "localhost" || name.hasSuffix(".localhost") || name == "[::1]" { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { $0.utf8.allSatisfy(isDigit) && (Int($0) ?? 256) < 256 }
    }

    private static func isDomain(_ name: String) -> Bool {
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            guard let first = label.utf8.first, let last = label.utf8.last else { return false }
            return isAlphanumeric(first) && isAlphanumeric(last)
                && label.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        }
    }

    /// An IPv6 address in brackets, without zone and without a dotted tail (as the reference
    /// grammar of distribution has it).
    private static func isAddress(_ name: String) -> Bool {
        guard name.hasPrefix("["), name.hasSuffix("]"), name.utf8.count > 4 else { return false }
        let address = name.dropFirst().dropLast()
        return address.contains(":")
            && address.utf8.allSatisfy { byte in
                isLowercaseHex(byte | 0x20) || byte == UInt8(ascii: ":")
            }
    }
}

func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

func isLowercaseLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
}

func isUppercaseLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
}

func isAlphanumeric(_ byte: UInt8) -> Bool {
    isDigit(byte) || isLowercaseLetter(byte) || isUppercaseLetter(byte)
}
