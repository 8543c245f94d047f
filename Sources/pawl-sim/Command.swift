import PawlSimulator

/// `pawl-sim`: plays worlds by seed and says which promises were kept.
struct Command: Sendable {
    private static let usage = """
        pawl-sim [--seeds N] [--from SEED]   play N worlds, and tell the first that breaks a promise
        pawl-sim --seed SEED [--short]       one world with its whole trace, or cut down
        pawl-sim --checksum N                one number for the traces of N worlds
        pawl-sim --baseline [--seeds N]      the workflow that Pawl replaces, beside Pawl
        pawl-sim --plant FOLDER              a copy of the sources with every planted bug in it
        pawl-sim --bugs [--seeds N] [--only NAME]   which of them are found, in such a copy
        --jobs N                             threads; 2 unless said otherwise
        """

    private let words: [String]

    init(_ words: [String]) { self.words = words }

    /// Whether everything was as it should be.
    func run() async -> Bool {
        if words.contains("--help") {
            print(Self.usage)
            return true
        }
        if let seed = number(after: "--seed") {
            print(story(of: UInt64(seed), shrinking: words.contains("--short")))
            return true
        }
        if let count = number(after: "--checksum") {
            print(checksum(of: 0..<UInt64(count)))
            return true
        }
        if words.contains("--baseline") {
            await Baseline(seeds: number(after: "--seeds") ?? 2_000, jobs: jobs).run()
            return true
        }
        if let folder = word(after: "--plant") { return plant(in: folder) }
        if words.contains("--bugs") {
            return await Bugs(
                seeds: number(after: "--seeds") ?? 50_000, jobs: jobs,
                only: word(after: "--only") ?? ""
            ).run()
        }
        return await Seeds(
            from: UInt64(number(after: "--from") ?? 0),
            count: UInt64(number(after: "--seeds") ?? 10_000), jobs: jobs
        ).run()
    }

    private var jobs: Int { max(1, number(after: "--jobs") ?? 2) }

    private func number(after word: String) -> Int? {
        self.word(after: word).flatMap { Int($0) }.flatMap { $0 < 0 ? nil : $0 }
    }

    private func word(after word: String) -> String? {
        guard let place = words.firstIndex(of: word), place + 1 < words.count else { return nil }
        return words[place + 1]
    }

    private func plant(in folder: String) -> Bool {
        do {
            try Plant(folder: folder).run()
            return true
        } catch {
            print(error)
            return false
        }
    }
}
