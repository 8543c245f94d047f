import PawlCore
import Testing

@Suite("Moments")
struct InstantTests {
    @Test(
        "RFC 3339 in all its forms",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-04-30T12:00:00Z", 1_777_550_400_000),
            ("2026-04-30t12:00:00z", 1_777_550_400_000),
            ("2026-04-30 12:00:00Z", 1_777_550_400_000),
            ("2026-04-30T14:00:00+02:00", 1_777_550_400_000),
            ("2026-04-30T06:30:00-05:30", 1_777_550_400_000),
            ("2026-04-30T12:00:00.5Z", 1_777_550_400_500),
            ("2026-04-30T12:00:00.123456789Z", 1_777_550_400_123),
            ("2026-04-30T12:00:00.05+00:00", 1_777_550_400_050),
            ("2024-02-29T00:00:00Z", 1_709_164_800_000),
            ("2000-03-01T00:00:00Z", 951_868_800_000), ("1969-12-31T23:59:59Z", -1000),
        ])
    func forms(text: String, milliseconds: Int64) {
        #expect(
            Instant(timestamp: text) == Instant(millisecondsSinceEpoch: milliseconds))
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "2026-04-30", "2026-04-30T12:00:00", "2026-04-30T12:00Z", "2026-4-30T12:00:00Z",
            "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-32T00:00:00Z",
            "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z",
            "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.xZ", "2026-01-01T00:00:00+0200",
            "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00 Z", "2026-01-01T00:00:00ZZ",
            "-026-01-01T00:00:00Z", "٢٠٢٦-01-01T00:00:00Z", "2026-01-01X00:00:00Z",
            "20260101T000000Z000000", "2026-01-01T00:00:00+",
        ])
    func notMoments(text: String) {
        #expect(Instant(timestamp: text) == nil)
    }

    @Test("written and read again a moment is the same, to the second")
    func roundTrips() {
        // Steps of a little over 17 days over 200 years around the epoch cross every kind of month.
        for step in stride(
            from: -3_155_673_600_000 as Int64, to: 3_155_673_600_000, by: 1_500_000_000)
        {
            let moment = Instant(millisecondsSinceEpoch: step - step % 1000)
            #expect(Instant(timestamp: moment.timestamp) == moment)
        }
    }

    @Test("a moment is written in UTC, padded, cut to the second")
    func written() {
        #expect(
            Instant(millisecondsSinceEpoch: 1_777_550_400_999).timestamp == "2026-04-30T12:00:00Z")
        #expect(Instant(millisecondsSinceEpoch: -1).timestamp == "1969-12-31T23:59:59Z")
        #expect(
            Instant(millisecondsSinceEpoch: 951_782_400_000).timestamp == "2000-02-29T00:00:00Z")
    }

    @Test("arithmetic goes both ways")
    func arithmetic() {
        let moment = Instant(millisecondsSinceEpoch: 1_000)
        let later = moment + .milliseconds(2_500)
        #expect(later.millisecondsSinceEpoch == 3_500)
        #expect(later.since(moment) == .milliseconds(2_500))
        #expect(moment.since(later) == .milliseconds(-2_500))
        #expect(moment < later)
        #expect(Duration.microseconds(1_999).milliseconds == 1)
    }
}
