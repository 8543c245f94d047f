/// The story of one seed: what broke, then its whole trace or the shortest one that breaks the
/// same.
package func story(of seed: UInt64, shrinking: Bool, design: @escaping World.Design = World.pawl)
    -> String
{
    let script = Script.drawn(seed)
    let trace = World(script, design: design).play().trace
    let breaches = Promise.allBreaches(in: trace)
    guard shrinking, let first = breaches.first else {
        return ([trace.text()] + breaches.map { Story.text($0) }).joined(separator: "\n")
    }
    var shrink = Shrink(first.promise, design: design)
    let small = World(shrink.smallest(script), design: design).play().trace
    return Story(trace: small, breaches: first.promise.breaches(in: small)).text
}

/// A trace cut to what a person reads at a glance.
package struct Story: Sendable {
    /// Lines at most; what tells least is left out first.
    package static let linesMax = 40
    /// Characters of a line; longer ones go on in the next.
    package static let columnsMax = 80

    let trace: Trace
    let breaches: [Breach]

    /// The story of what broke.
    package init(trace: Trace, breaches: [Breach]) {
        self.trace = trace
        self.breaches = breaches
    }

    /// The commits, what happened, and what broke.
    package var text: String {
        let head = Self.wrapped(trace.shape.text) + Self.wrapped(commits)
        // Breaches of one errand after the other say the same.
        let foot = breaches.prefix(3).flatMap { Self.wrapped(Self.text($0)) }
        let room = Self.linesMax - head.count - foot.count - 1
        let told = places(room: room).sorted()
        let body = told.flatMap { Self.wrapped(trace.line(at: $0)) }
        return (head + body + foot).joined(separator: "\n")
    }

    /// A breach as a person reads it.
    static func text(_ breach: Breach) -> String {
        "BROKEN \(breach.promise.rawValue): \(breach.text)"
    }

    private var commits: String {
        trace.chart.commits.map { commit in
            let parents = commit.parents.map { "c\($0)" }.joined(separator: " ")
            return "c\(commit.slot)" + (parents.isEmpty ? "" : " on \(parents)")
        }.joined(separator: ", ")
    }

    /// The places that tell most, of each rank the last ones, as many as there is room for.
    private func places(room: Int) -> Set<Int> {
        var shown: Set<Int> = []
        var left = room
        for rank in 0...2 {
            for place in trace.records.indices.reversed() where self.rank(place) == rank {
                let lines = Self.wrapped(trace.line(at: place)).count
                guard lines <= left else { return shown }
                left -= lines
                shown.insert(place)
            }
        }
        return shown
    }

    /// How much a record tells: 0 what changed or broke, 1 how it came to that, 2 what else an
    /// errand did; `nil` for what a reader can guess.
    private func rank(_ place: Int) -> Int? {
        if breaches.contains(where: { $0.place == place }) { return 0 }
        let record = trace.records[place]
        switch record.what {
        case .landed, .recorded, .crashed, .calm: return 0
        case .pushed, .moved: return 0
        case .answered(_, _, let code): return code == nil ? 2 : 0
        case .run(let run): return run.slot > Outline.base ? 1 : nil
        case .published(let artifact, _): return artifact.slot > Outline.base ? 1 : nil
        case .checked(let slot, _):
            return slot > Outline.base && trace.shape.gates.contains(.check) ? 1 : nil
        case .switched, .frozen: return record.at > 0 && !isCalm(place) ? 1 : nil
        case .saw(_, .target, _, _), .saw(_, .tip, _, _): return 2
        case .saw(_, _, _, let asOf): return asOf < record.at ? 1 : nil
        case .sent, .judged, .failed, .unpublished, .announced: return 1
        case .began(let errand, _), .ended(let errand, _): return acted.contains(errand) ? 1 : 2
        }
    }

    /// The errands that changed something.
    private var acted: Set<Errand> {
        Set(
            trace.records.compactMap { record in
                switch record.what {
                case .landed(let errand, _), .recorded(let errand, _), .crashed(let errand): errand
                default: nil
                }
            })
    }

    private func isCalm(_ place: Int) -> Bool {
        let at = trace.records[place].at
        return trace.records[place...].first { $0.what == .calm }?.at == at
    }

    /// A line cut at its blanks; what is cut off is indented.
    static func wrapped(_ line: String) -> [String] {
        var lines: [String] = []
        var rest = line[...]
        let indent = String(repeating: " ", count: 12)
        while rest.count > columnsMax - (lines.isEmpty ? 0 : indent.count) {
            let head = rest.prefix(columnsMax - (lines.isEmpty ? 0 : indent.count))
            guard let blank = head.dropFirst(12).lastIndex(of: " ") else { break }
            lines.append((lines.isEmpty ? "" : indent) + rest[..<blank])
            rest = rest[rest.index(after: blank)...]
        }
        return lines + [(lines.isEmpty ? "" : indent) + rest]
    }
}
