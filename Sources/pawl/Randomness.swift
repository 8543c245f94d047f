/// The system's randomness, in the shapes that adapters ask for.
enum Randomness {
    /// From 0 up to 1, for the pause between attempts.
    @Sendable static func fraction() -> Double {
        Double.random(in: 0..<1)
    }

    /// 128 bits in hex, for delimiters that no outside text can know.
    static func word() -> String {
        String(UInt64.random(in: .min ... .max), radix: 16)
            + String(UInt64.random(in: .min ... .max), radix: 16)
    }

    /// 128 bits as 32 hex digits: the id of an entry.
    @Sendable static func identifier() -> String {
        (0..<2).map { _ in
            let digits = String(UInt64.random(in: .min ... .max), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
