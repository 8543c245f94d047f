import PawlSimulator

/// `pawl-sim`: plays worlds by seed and says which promises were kept.
struct Command: Sendable {
    private let words: [String]

    init(_ words: [String]) { self.words = words }

    func run() async {
        if let seed = number(after: "--seed") {
            print(story(of: UInt64(seed), shrinking: words.contains("--short")))
        } else if words.contains("--baseline") {
            await Baseline(seeds: number(after: "--seeds") ?? 2_000, jobs: jobs).run()
        } else if words.contains("--bugs") {
            _ = await Bugs(seeds: number(after: "--seeds") ?? 50_000, jobs: jobs, only: text(after: "--only") ?? "").run()
        } else if let folder = text(after: "--plant") {
            do { try Plant(folder: folder).run() } catch { print(error) }
        } else {
            let seeds = number(after: "--seeds") ?? 10_000
            await campaign(from: UInt64(number(after: "--from") ?? 0), count: UInt64(seeds))
        }
    }

    private var jobs: Int { number(after: "--jobs") ?? 2 }

    private func number(after word: String) -> Int? { text(after: word).flatMap { Int($0) } }

    private func text(after word: String) -> String? {
        guard let place = words.firstIndex(of: word), place + 1 < words.count else { return nil }
        return words[place + 1]
    }

    private func campaign(from: UInt64, count: UInt64) async {
        let clock = ContinuousClock()
        let began = clock.now
        let jobs = UInt64(jobs)
        let whole = await withTaskGroup(of: Campaign.self) { group in
            for job in 0..<jobs {
                group.addTask {
                    var campaign = Campaign()
                    for seed in stride(from: from + job, to: from + count, by: Int(jobs)) {
                        campaign.play(seed)
                    }
                    return campaign
                }
            }
            return await group.reduce(into: Campaign()) { $0.add($1) }
        }
        print(whole.text)
        let seconds = (clock.now - began) / .seconds(1)
        print("\(Int(Double(count) / seconds)) worlds a second on \(jobs) threads")
        for failure in whole.failures.prefix(400) { print(failure.seed, failure.breaches.map { "\($0.promise.rawValue): \($0.text)" }) }
        if let first = whole.failures.first {
            print("\nseed \(first.seed), shrunk:")
            print(story(of: first.seed, shrinking: true))
        }
    }
}
