import PawlCore
import PawlHTTP
import PawlPorts
import Synchronization

/// A clock that stands still but for sleeps.
final class SleepClock: Sendable {
    /// 2026-04-30T12:00:00Z.
    private static let start = Instant(millisecondsSinceEpoch: 1_777_550_400_000)

    private let slept = Mutex<[Duration]>([])

    /// Every sleep so far.
    var sleeps: [Duration] { slept.withLock { $0 } }

    var clock: Clock {
        Clock(
            now: { self.sleeps.reduce(Self.start) { $0 + $1 } },
            sleep: { (duration) async throws(CancellationError) in
                self.slept.withLock { $0.append(duration) }
            })
    }
}

extension FuzzTarget {
    /// `Retry-After` and its kin: the status in the first line, headers up to an empty line, then
    /// the body. No pause is longer than Pawl's bound, none shorter than what was asked for in
    /// seconds, and there is an end.
    static let retryAfter = FuzzTarget("retry-after") { bytes throws(Broken) in
        var outside = OutsideBytes(bytes)
        let status = Int(outside.line()).flatMap { (100...599).contains($0) ? $0 : nil } ?? 429
        let headers = outside.lines().map { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return (name: String(parts[0]), value: String(parts.dropFirst().first ?? ""))
        }
        let inner = ScriptedExchange(status, headers, outside.bytes)
        let clock = SleepClock()
        let exchange = RetryingExchange(inner, clock: clock.clock, jitter: { 0.5 })
        var failure: PortFailure?
        do throws(PortFailure) {
            _ = try await exchange.send(
                Request(.get, "https://registry.example/v2/", answerBytesMax: 1))
        } catch {
            failure = error
        }
        let sleeps = clock.sleeps
        try hold(inner.requests.count <= Limits.attemptsMax, "there were too many attempts")
        try hold(
            sleeps.allSatisfy { $0 > .zero && $0 <= Limits.serverPauseMax },
            "a pause is out of bounds: \(sleeps)")
        if let failure {
            try Shown.checkLine(failure)
            try hold(failure.code == .throttled, "a pause ends in \(failure.code)")
            try hold(inner.requests.count == 1, "a pause that is too long was not seen at once")
        }
        let response = Response(status: status, headers: headers, body: [])
        guard let asked = response.header("Retry-After").flatMap(seconds), status == 429 else {
            return
        }
        if asked > Limits.serverPauseMax.components.seconds {
            try hold(failure != nil, "a pause of \(asked) s is not told")
        } else {
            try hold(failure == nil, "a pause of \(asked) s is not waited")
            try hold(
                sleeps.allSatisfy { $0 >= .seconds(asked) },
                "asked for \(asked) s, waited \(sleeps)")
        }
    }

    /// Digits alone, with blanks around them.
    private static func seconds(_ text: String) -> Int64? {
        var bytes = Array(text.utf8)[...]
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
        bytes = bytes.drop { $0 == 0x20 || $0 == 0x09 }
        guard (1...8).contains(bytes.count), bytes.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int64(String(decoding: bytes, as: UTF8.self))
    }
}
