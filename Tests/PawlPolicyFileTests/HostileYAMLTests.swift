import PawlCore
import PawlPolicyFile
import Testing

@Suite("YAML that could be a bomb or mean something else is refused at once")
struct HostileYAMLTests {
    @Test(
        "anchors, aliases, tags and merge keys are not supported",
        arguments: [
            Slip("version: &a 1", "1:10: anchors (&name) are not supported."),
            Slip("&k version: 1", "1:1: anchors (&name) are not supported."),
            Slip("a: [&x b]", "1:5: anchors"),
            Slip("a: &m {b: c}", "1:4: anchors"),
            Slip("version: *a", "1:10: aliases (*name) are not supported."),
            Slip("*a : 1", "1:1: aliases"),
            Slip("version: !!binary MQ==", "1:10: tags (!name) are not supported."),
            Slip("version: !mine 1", "1:10: tags"),
            Slip("version: ! 1", "1:10: tags"),
            Slip("!!map {a: b}", "1:1: tags"),
            Slip("<<: {a: b}", "1:1: merge keys (<<) are not supported. Write the keys out."),
            Slip("a: {<<: b}", "1:5: merge keys"),
            Slip("? [a]\n: b", "1:3: a key must be text."),
            Slip("{a: b}: c", "1:1: a key must be text."),
            Slip("version: 1\n---\nversion: 1", "2:1: a second document begins here."),
            Slip("version: 1\n...\n---\nversion: 1", "3:1: a second document begins here."),
            Slip(
                "version: 1\nbranch: a\nversion: 1",
                "3:1: the key \"version\" stands twice, in lines 1 and 3."),
            Slip(
                "a: 1\nb:\n  c: 1\n  \"c\": 2", "4:3: the key \"c\" stands twice, in lines 3 and 4."
            ),
            Slip("version: 1\n\tbranch: x", "2:1: not YAML: "),
            Slip("a: [b", "2:1: not YAML: "),
            Slip("a: b: c", "1:5: not YAML: "),
            Slip("%YAML 3.0\n---\na: b", "1:1: not YAML: "),
        ])
    func refused(slip: Slip) {
        #expect(Reading(slip.line + "\n").onlyComplaint.hasPrefix("pawl.yaml:" + slip.complaint))
    }

    @Test(
        "a file that ends too early is complained of at its end",
        arguments: [
            Slip("[", "1:2: not YAML: "), Slip("ä: {", "1:5: not YAML: "),
            Slip("a: b\r\nc: [", "2:5: not YAML: "), Slip("a: b\r\nc: [\r\n", "3:1: not YAML: "),
            Slip("\"", "1:2: not YAML: "), Slip("a: 1\nb: \"x\n", "3:1: not YAML: "),
        ])
    func early(slip: Slip) {
        let complaint = Reading(slip.line).onlyComplaint
        #expect(complaint.hasPrefix("pawl.yaml:" + slip.complaint), "\(complaint)")
    }

    @Test("a bomb of nested aliases is refused at its first anchor")
    func aliasBomb() {
        var bomb = "a: &a [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n"
        for (before, name) in zip("abcdefgh", "bcdefghi") {
            let aliases = Array(repeating: "*\(before)", count: 9).joined(separator: ",")
            bomb += "\(name): &\(name) [\(aliases)]\n"
        }
        #expect(bomb.utf8.count < 400)
        #expect(Reading(bomb).onlyComplaint.hasPrefix("pawl.yaml:1:4: anchors"))
    }

    @Test("a hundred thousand brackets are refused at the seventeenth", arguments: ["[", "{a: "])
    func nesting(bracket: String) {
        let text = String(repeating: bracket, count: bracket == "[" ? 100_000 : 50_000)
        let column = bracket.utf8.count * Limits.policyDepthMax + 1
        #expect(
            Reading(text).onlyComplaint.hasPrefix(
                "pawl.yaml:1:\(column): nested deeper than 16 levels."))
    }

    @Test("bytes that are not UTF-8 are refused with their offset")
    func encoding() {
        let good = Array("version: 1\nbranch: ä".utf8)
        let cases: [([UInt8], String)] = [
            ([0xFF, 0xFE, 0x61, 0x00], "1:1: byte 0: the file is UTF-16, not UTF-8."),
            ([0xFE, 0xFF, 0x00, 0x61], "1:1: byte 0: the file is UTF-16, not UTF-8."),
            ([0x61, 0x00, 0x62, 0x00], "1:2: byte 1: a NUL byte."),
            (good + [0xC3], "2:10: byte 21: not UTF-8."),
            (good + [0x0A, 0x20, 0xFF, 0x20], "3:2: byte 23: not UTF-8."),
            ([0xC0, 0x80], "1:1: byte 0: not UTF-8."),
            ([0xED, 0xA0, 0x80], "1:1: byte 0: not UTF-8."),
        ]
        for (bytes, complaint) in cases {
            #expect(Reading(bytes: bytes).onlyComplaint.hasPrefix("pawl.yaml:" + complaint))
        }
    }

    @Test("a control character is refused with its offset")
    func control() {
        let complaint = Reading("version: 1\u{7}\n").onlyComplaint
        #expect(complaint.hasPrefix("pawl.yaml:1:1: byte 10: control characters are not allowed"))
    }

    @Test("no mutation of a good file crashes the reader", arguments: 0..<4)
    func mutations(seed: UInt64) {
        var chance = SplitMix(seed: seed)
        let good = Array(mutationBase.utf8)
        let pieces = [
            "&a", "*a", "!!x", "<<: ", "---\n", "{", "}", "[", "]", "\"", "'", "|", ">",
            "\t", "\n", ": ", "- ", "? ", "${", "%", "@", "\u{FEFF}", "\u{85}", "\u{2028}",
        ]
        var read = 0
        for _ in 0..<1500 {
            var bytes = good
            for _ in 0...(chance.next() % 4) {
                let place = Int(chance.next() % UInt64(bytes.count))
                switch chance.next() % 4 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: chance.next())
                case 1: bytes.remove(at: place)
                case 2:
                    let piece = pieces[Int(chance.next() % UInt64(pieces.count))]
                    bytes.insert(contentsOf: Array(piece.utf8), at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + 20))
                }
            }
            if isSound(Reading(bytes: bytes, environment: ["S": "0123456789abcdef"])) { read += 1 }
        }
        #expect(read == 1500)
    }

    @Test("no random bytes crash the reader", arguments: 0..<4)
    func randomBytes(seed: UInt64) {
        var chance = SplitMix(seed: seed &+ 1000)
        let alphabet = Array("ab:-[]{}&*!|>'\"%@`#,? \n\t$<~0".utf8)
        var sound = 0
        for round in 0..<1500 {
            let count = Int(chance.next() % 80)
            let bytes = (0..<count).map { _ in
                round.isMultiple(of: 3)
                    ? UInt8(truncatingIfNeeded: chance.next())
                    : alphabet[Int(chance.next() % UInt64(alphabet.count))]
            }
            if isSound(Reading(bytes: bytes)) { sound += 1 }
        }
        #expect(sound == 1500)
    }

    /// A policy, or complaints that each have a place inside the file and one line of text.
    private func isSound(_ reading: Reading) -> Bool {
        switch reading {
        case .policy(let policy, _): !policy.channels.isEmpty
        case .refused(let lines, let all):
            !all.isEmpty && all.allSatisfy { $0.line >= 1 && $0.column >= 1 && !$0.what.isEmpty }
                && lines.allSatisfy { line in
                    line.hasPrefix("pawl.yaml:") && line.utf8.allSatisfy { $0 >= 0x20 }
                }
        }
    }
}

private let mutationBase = """
    version: 1
    repository: acme/app
    branch: main
    channels:
      latest:
        images:
          - ghcr.io/acme/app
          - image: ghcr.io/acme/worker
        from: "staging-{short_sha}"
        build: publish-image.yml
        gates:
          - workflow: e2e.yml
            events: [push, schedule]
          - check: security/scan
          - age: 30m
        forward: { behind: settle }
        after:
          - webhook: https://chat.acme.example/hook
            secret: ${S}
    registries:
      ghcr.io: { insecure: false }
    """

/// Sebastiano Vigna's SplitMix64: the same numbers for the same seed.
private struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
