/// The proxies of the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`), as a value.
package struct Proxies: Hashable, Sendable {
    /// One HTTP proxy.
    package struct Proxy: Hashable, Sendable {
        /// Name or address.
        package let host: String
        /// 1 to 65535.
        package let port: Int
        /// `user:password` as written before the host, percent-encoded.
        let credentials: String?

        /// Reads `http://[user:password@]host[:port]`; the scheme may be left out. Other kinds of
        /// proxies are not spoken: `nil`.
        package init?(_ text: String) {
            let full = text.contains("://") ? text : "http://\(text)"
            guard let address = Address(full), address.scheme == "http" else { return nil }
            host = address.host
            port = address.port
            let authority = full.dropFirst(7).prefix { $0 != "/" }
            credentials = authority.lastIndex(of: "@").map { String(authority[..<$0]) }
        }
    }

    /// For `https://` addresses.
    package let https: Proxy?
    /// For `http://` addresses.
    package let http: Proxy?
    /// Hosts reached without a proxy, as `NO_PROXY` lists them.
    package let exceptions: [String]

    /// None.
    package static let none = Proxies(https: nil, http: nil, exceptions: [])

    /// Proxies by hand.
    package init(https: Proxy?, http: Proxy?, exceptions: [String]) {
        self.https = https
        self.http = http
        self.exceptions = exceptions
    }

    /// Reads the variables; upper case wins over lower case. `HTTP_PROXY` in capitals is left out
    /// where a web server could have set it from a request's header (`REQUEST_METHOD` is there).
    package init(environment: [String: String]) {
        func value(_ name: String) -> String? {
            for name in [name, name.lowercased()] {
                if let value = environment[name], !value.isEmpty { return value }
            }
            return nil
        }
        let isCGI = environment["REQUEST_METHOD"] != nil
        https = value("HTTPS_PROXY").flatMap { Proxy($0) }
        http = (isCGI ? environment["http_proxy"] : value("HTTP_PROXY")).flatMap { Proxy($0) }
        exceptions = (value("NO_PROXY") ?? "").split { ", \t".contains($0) }.map {
            $0.lowercased()
        }
    }

    /// The proxy for an address; this machine itself is always reached directly.
    package func proxy(for address: Address) -> Proxy? {
        guard let proxy = address.scheme == "https" ? https : http,
            !Self.isThisMachine(address.host),
            !exceptions.contains(where: { Self.matches($0, address) })
        else { return nil }
        return proxy
    }

    private static func isThisMachine(_ host: String) -> Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]"
            || (host.hasPrefix("127.") && host.allSatisfy { "0123456789.".contains($0) })
    }

    /// `*`, a host, a domain with all below it (with or without a leading dot), each with or
    /// without a port.
    private static func matches(_ exception: String, _ address: Address) -> Bool {
        if exception == "*" { return true }
        var pattern = exception
        if !pattern.hasSuffix("]"), let colon = pattern.lastIndex(of: ":"),
            let port = Int(pattern[pattern.index(after: colon)...])
        {
            guard port == address.port else { return false }
            pattern = String(pattern[..<colon])
        }
        if pattern.hasPrefix("*.") { pattern.removeFirst() }
        let suffix = pattern.hasPrefix(".") ? pattern : ".\(pattern)"
        return address.host == suffix.dropFirst() || address.host.hasSuffix(suffix)
    }
}
