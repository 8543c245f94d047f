/// How long answers took.
struct AnswerTimes: Sendable {
    private var microseconds: [UInt32] = []

    mutating func add(_ time: Int64) {
        microseconds.append(UInt32(clamping: time / 1000))
    }

    /// In ms: the times that this share of the answers kept, for 0.5, 0.99 and 1.
    func milliseconds(_ shares: [Double]) -> [Double] {
        let sorted = microseconds.sorted()
        return shares.map { share in
            guard !sorted.isEmpty else { return 0 }
            let place = Int((Double(sorted.count) * share).rounded(.up)) - 1
            return Double(sorted[min(max(0, place), sorted.count - 1)]) / 1000
        }
    }
}
