import PawlCore

/// Which answers are worth another attempt, and how long the server wants to be left alone.
enum ServerPause {
    /// Statuses that may be gone the next time (408, 425, 429, 5xx; 499, 522 and 524 come from
    /// proxies in front of registries), and a 403 that is a rate limit in disguise.
    static func isTransient(_ response: Response) -> Bool {
        switch response.status {
        case 408, 425, 429, 499, 500, 502, 503, 504, 522, 524: true
        case 403: isRateLimit(response)
        default: false
        }
    }

    /// The pause that the answer asks for, if it asks for one: `Retry-After` in seconds or as a
    /// date, GitHub's reset time when nothing remains, a Go duration in the body (GHCR), and a
    /// minute for a secondary limit without a word of time.
    static func asked(by response: Response, now: Instant) -> Duration? {
        let now = response.header("Date").flatMap { instant(httpDate: $0) } ?? now
        if let header = response.header("Retry-After")?.trimmed {
            if header.allSatisfy(\.isASCIIDigit), !header.isEmpty {
                return .seconds(Int64(header.prefix(9)) ?? 0)
            }
            if let moment = instant(httpDate: header) {
                return max(.zero, moment.since(now))
            }
        }
        if response.header("X-RateLimit-Remaining")?.trimmed == "0",
            let reset = response.header("X-RateLimit-Reset").flatMap({ Int64($0.trimmed) }),
            (0...253_402_300_799).contains(reset)
        {
            return max(
                .zero, Instant(millisecondsSinceEpoch: reset * 1000).since(now) + .seconds(1))
        }
        let text = String(decoding: response.body.prefix(2048), as: UTF8.self).lowercased()
        if let pause = durationAfter("retry-after:", in: text) { return pause }
        return response.status == 403 ? Limits.secondaryLimitPause : nil
    }

    static func isRateLimit(_ response: Response) -> Bool {
        if response.header("X-RateLimit-Remaining")?.trimmed == "0" { return true }
        if response.header("Retry-After") != nil { return true }
        let text = String(decoding: response.body.prefix(2048), as: UTF8.self).lowercased()
        return text.contains("secondary rate limit") || text.contains("rate limit exceeded")
            || text.contains("abuse detection")
    }

    /// A Go duration (`1m30s`, `12.5ms`, `400µs`) that follows a mark.
    static func durationAfter(_ mark: String, in text: String) -> Duration? {
        let marked = text.indices.first { text[$0...].hasPrefix(mark) }
        guard let marked else { return nil }
        var rest = text[marked...].dropFirst(mark.count).drop { $0 == " " }
        var total: Double = 0
        var hasUnit = false
        while let first = rest.first, first.isASCIIDigit {
            let digits = rest.prefix { $0.isASCIIDigit || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            guard let number = Double(digits), let size = unitSeconds[String(unit)] else { break }
            rest = rest.dropFirst(unit.count)
            total += number * size
            hasUnit = true
        }
        guard hasUnit, total < 1_000_000_000 else { return nil }
        return .milliseconds(Int64((total * 1000).rounded(.up)))
    }

    /// Both signs for micro are in use: U+00B5 and U+03BC.
    private static let unitSeconds: [String: Double] = [
        "h": 3600, "m": 60, "s": 1, "ms": 0.001, "us": 0.000_001, "\u{B5}s": 0.000_001,
        "\u{3BC}s": 0.000_001, "ns": 0.000_000_001,
    ]
}

extension Character {
    var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}

extension String {
    var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
