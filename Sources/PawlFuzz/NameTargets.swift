import FoundationEssentials
import PawlCore
import PawlHTTP

extension FuzzTarget {
    /// Image references and the names in them: what they print is read as the same thing, and fits
    /// into an address without an escape.
    static let imageReference = FuzzTarget("image-reference") { bytes throws(Broken) in
        let text = String(decoding: bytes, as: UTF8.self)
        for tag in ["latest", nil] {
            guard let reference = try? ImageReference(text, defaultTag: tag) else { continue }
            let written = "\(reference)"
            let again = try needed(
                try? ImageReference(written, defaultTag: nil), "\(written) is not read back")
            try hold(again == reference, "\(written) is read as \(again)")
            let repository = reference.repository
            try hold(
                (try? Repository("\(repository)")) == repository, "\(repository) is not read back")
            try hold(tag == nil || reference.tag != nil || reference.digest != nil, "it has no tag")
            guard !repository.isLayout else { continue }
            try hold(
                (try? RegistryHost("\(repository.host)")) == repository.host,
                "\(repository.host) is not read back")
            try hold(isPlain(repository.path), "the path \(repository.path) needs escaping")
            let address = Address("https://\(repository.host)/v2/\(repository.path)/x")
            try hold(
                address?.path == "/v2/\(repository.path)/x"
                    && address?.host == repository.host.name,
                "\(repository) is in another place: \(address.map { "\($0)" } ?? "none")")
        }
        if let pattern = try? TagPattern(text) {
            let commit = try needed(
                try? CommitID(String(repeating: "f", count: CommitID.digits)), "no commit")
            try hold((try? pattern.tag(for: commit)) != nil, "\(pattern) makes no tag")
        }
    }

    private static func isPlain(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            !part.isEmpty && part.first != "." && part.last != "."
                && part.utf8.allSatisfy {
                    (0x30...0x39).contains($0) || (0x61...0x7A).contains($0)
                        || "._-".utf8.contains($0)
                }
        }
    }

    /// Addresses: read back as written, a relative one stays on its server, and the HTTP client's
    /// own reader sees the same host and port.
    static let address = FuzzTarget("address") { bytes throws(Broken) in
        var outside = OutsideBytes(bytes)
        let text = outside.line()
        let location = outside.line()
        let base = try needed(Address("https://registry.example/v2/"), "a constant is malformed")
        for address in [Address(text), base.following(location)].compactMap({ $0 }) {
            let again = try needed(Address("\(address)"), "\(address) is not read back")
            try hold(
                again.origin == address.origin && again.target == address.target
                    && !again.hasUserInformation && !again.hasFragment,
                "\(address) is read as \(again)")
            try hold(
                !address.host.utf8.contains { "/?#@\\".utf8.contains($0) },
                "\(address.host) is no host")
            guard let url = URL(string: "\(address)"), let host = url.host(percentEncoded: false)
            else { continue }
            let isSameHost =
                host.lowercased() == address.host || "[\(host.lowercased())]" == address.host
            try hold(isSameHost, "\(address) is at \(address.host), and to the client at \(host)")
            try hold(
                (url.port ?? (address.scheme == "https" ? 443 : 80)) == address.port,
                "\(address) is at port \(address.port), and to the client at \(url.port ?? 0)")
        }
        if location.hasPrefix("/"), !location.hasPrefix("//") {
            let followed = base.following(location)
            try hold(
                followed.map { $0.origin == base.origin } ?? true, "\(location) leaves its server")
        }
    }

    /// Times: a timestamp that is written is read as the same second, whatever was read before.
    static let time = FuzzTarget("time") { bytes throws(Broken) in
        let text = String(decoding: bytes, as: UTF8.self)
        for moment in [Instant(timestamp: text), instant(httpDate: text)].compactMap({ $0 }) {
            let again = try needed(
                Instant(timestamp: moment.timestamp), "\(moment.timestamp) is not read back")
            let lost = moment.since(again)
            try hold(
                lost >= .zero && lost < .seconds(1),
                "\(moment.timestamp) is read \(lost) before what was written")
            try hold(
                again.timestamp.isSame(as: moment.timestamp),
                "\(moment.timestamp) is written in two ways")
        }
    }
}
