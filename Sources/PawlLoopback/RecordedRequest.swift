/// A request as it came over the wire.
package struct RecordedRequest: Sendable {
    /// In capitals, as sent.
    package let method: String
    /// Path and query, undecoded.
    package let target: String
    /// Names in the case they were sent in.
    package let headers: [(name: String, value: String)]
    /// Whole.
    package let body: [UInt8]

    /// A request in full.
    package init(
        method: String, target: String, headers: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }

    /// The path without the query, undecoded.
    package var path: String {
        String(target.prefix { $0 != "?" })
    }

    /// The query's items in order, percent-decoded; an item without `=` has an empty value.
    package var query: [(name: String, value: String)] {
        guard let mark = target.firstIndex(of: "?") else { return [] }
        return Self.items(of: target[target.index(after: mark)...])
    }

    /// The items of a form body (`application/x-www-form-urlencoded`), decoded.
    package var form: [(name: String, value: String)] {
        Self.items(of: String(decoding: body, as: UTF8.self)[...])
    }

    /// The first query item of that name.
    package func query(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// The first header of that name, whatever its case.
    package func header(_ name: String) -> String? {
        let name = name.lowercased()
        return headers.first { $0.name.lowercased() == name }?.value
    }

    /// `METHOD target`, as logs and assertions write it.
    package var line: String { "\(method) \(target)" }

    private static func items(of text: Substring) -> [(name: String, value: String)] {
        text.split(separator: "&").map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decoded(parts[0]), parts.count == 2 ? decoded(parts[1]) : "")
        }
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
