import PawlCore
import PawlWorkflowFile
import Testing

@Suite("No workflow file costs much or ends the program")
struct HostileWorkflowTests {
    @Test("bytes that are no text are refused with line and column")
    func encoding() {
        let good = Array("on: push\nname: ä".utf8)
        let cases: [([UInt8], String)] = [
            ([0xFF, 0xFE, 0x6F, 0x00], "line 1, column 1: byte 0: the file is UTF-16, not UTF-8"),
            (good + [0x00], "line 2, column 8: byte 17: a NUL byte"),
            (good + [0xC3], "line 2, column 8: byte 17: not UTF-8"),
            (good + [0x0A, 0xFF], "line 3, column 1: byte 18: not UTF-8"),
        ]
        for (bytes, detail) in cases {
            #expect(Workflow(bytes: bytes).refusal == "garbled: " + detail)
        }
    }

    @Test("a file of 2 MB is not parsed; one at the limit is")
    func size() {
        let start = "on: push\njobs:\n"
        let line = "  # " + String(repeating: "x", count: 59) + "\n"
        var text = start
        while text.utf8.count + line.utf8.count <= Limits.workflowBytesMax { text += line }
        text += String(repeating: "\n", count: Limits.workflowBytesMax - text.utf8.count)
        #expect(Workflow(text).push == .on(branches: .all, paths: .all))
        #expect(Workflow(text + "\n").failure?.code == .tooLarge)
        let bytesMax = Limits.workflowBytesMax
        #expect(
            Workflow(text + text).refusal
                == "too-large: line 1, column 1: the file has \(2 * bytesMax) bytes; "
                + "at most \(bytesMax) are read")
    }

    @Test(
        "deep nesting is refused at the limit, read or not",
        arguments: ["on: ", "on: {push: ", "on: push\njobs: ", "name: "], ["[", "{a: "])
    func nesting(start: String, bracket: String) {
        let text = start + String(repeating: bracket, count: 100_000)
        let refusal = Workflow(text).refusal
        #expect(refusal.hasPrefix("unsupported: line "))
        #expect(refusal.hasSuffix("nested deeper than \(Limits.workflowDepthMax) levels"))
    }

    @Test("nesting of a real file's depth is read")
    func depth() {
        let text =
            "on: push\njobs: " + String(repeating: "[", count: Limits.workflowDepthMax - 1)
            + String(repeating: "]", count: Limits.workflowDepthMax - 1)
        #expect(Workflow(text).push != nil)
    }

    @Test("a bomb of nested aliases costs nothing where it is not read, and is refused where it is")
    func aliasBomb() {
        var bomb = "a: &a [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n"
        for (before, name) in zip("abcdefgh", "bcdefghi") {
            let aliases = Array(repeating: "*\(before)", count: 9).joined(separator: ",")
            bomb += "\(name): &\(name) [\(aliases)]\n"
        }
        #expect(Workflow(bomb + "on: push").push == .on(branches: .all, paths: .all))
        #expect(
            Workflow(bomb + "on: *i").refusal.hasPrefix(
                "unsupported: line 10, column 5: it uses YAML anchors"))
        #expect(
            Workflow(bomb + "on: {push: {paths: *i}}").refusal.hasPrefix(
                "unsupported: line 10, column 20: it uses YAML anchors"))
    }

    @Test("a loop of aliases has no end to run into")
    func loop() {
        #expect(Workflow("x: &a [*a]\non: push").push != nil)
        #expect(Workflow("on: &a {push: *a}").failure?.code == .unsupported)
    }

    @Test("no mutation of a good file crashes the reader", arguments: 0..<4)
    func mutations(seed: UInt64) {
        var chance = Chance(seed: seed)
        let good = Array(mutationBase.utf8)
        let pieces = [
            "&a", "*a", "!!x", "<<: ", "---\n", "{", "}", "[", "]", "\"", "'", "|", ">", "\t", "\n",
            ": ", "- ", "? ", "${{", "%", "@", "!", "**", "on", "\u{FEFF}", "\u{85}", "\u{2028}",
        ]
        var read = 0
        var refused = 0
        for _ in 0..<1500 {
            var bytes = good
            for _ in 0...chance.below(4) {
                let place = chance.below(bytes.count)
                switch chance.below(4) {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: chance.next())
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: pieces[chance.below(pieces.count)].utf8, at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + 20))
                }
            }
            guard let failure = Workflow(bytes: bytes).failure else {
                read += 1
                continue
            }
            if isSound(failure) { refused += 1 }
        }
        #expect(read + refused == 1500)
        #expect(read > 50 && refused > 50)
    }

    @Test("no random bytes crash the reader", arguments: 0..<4)
    func randomBytes(seed: UInt64) {
        var chance = Chance(seed: seed &+ 1000)
        let alphabet = Array("on: push\n-[]{}&*!|>'\"%@`#,? \t$~".utf8)
        var sound = 0
        for round in 0..<1500 {
            let bytes = (0..<chance.below(60)).map { _ in
                round.isMultiple(of: 3)
                    ? UInt8(truncatingIfNeeded: chance.next())
                    : alphabet[chance.below(alphabet.count)]
            }
            let prefix = round.isMultiple(of: 2) ? Array("on:\n  push:\n    paths: ".utf8) : []
            guard let failure = Workflow(bytes: prefix + bytes).failure else {
                sound += 1
                continue
            }
            if isSound(failure) { sound += 1 }
        }
        #expect(sound == 1500)
    }

    /// A place, and one short line without anything invisible.
    private func isSound(_ failure: PortFailure) -> Bool {
        [.garbled, .unsupported, .tooLarge].contains(failure.code)
            && failure.detail.hasPrefix("line ") && failure.detail.count <= 300
            && failure.detail.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            && !failure.subject.isEmpty && failure.advice?.hasSuffix(".") != false
    }
}

private let mutationBase = """
    name: E2E
    on:
      push:
        branches: [main, 'release/**']
        paths:
          - src/**
          - '!src/docs/**'
      workflow_run:
        workflows: ["Publish image"]
      schedule: [{cron: '0 3 * * *'}]
    env: &env {A: b}
    jobs:
      e2e:
        env: *env
        steps:
          - run: |
              echo hello
    """

/// Sebastiano Vigna's SplitMix64: the same numbers for the same seed.
private struct Chance {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
