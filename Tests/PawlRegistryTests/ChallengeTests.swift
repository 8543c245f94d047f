import PawlRegistry
import Testing

@Suite("WWW-Authenticate headers are read by their grammar")
struct ChallengeTests {
    private static func bearer(
        _ realm: String, _ service: String? = nil, _ scopes: [String] = []
    ) -> Challenge.Answer {
        .bearer(Challenge.Bearer(realm: realm, service: service, scopes: scopes))
    }

    @Test(
        "the best challenge is chosen",
        arguments: [
            (
                [
                    #"Bearer realm="https://auth.docker.io/token",service="registry.docker.io","#
                        + #"scope="repository:a/b:pull,push""#
                ],
                bearer(
                    "https://auth.docker.io/token", "registry.docker.io",
                    ["repository:a/b:pull,push"])
            ),
            ([#"Basic realm="GitHub Package Registry""#], .basic),
            ([#"bEaReR ReAlM="https://r/t",SERVICE="s""#], bearer("https://r/t", "s")),
            (["Bearer realm=https://r/t,service=s"], bearer("https://r/t", "s")),
            (["Basic realm=/"], .basic),
            ([#"Basic realm="x", charset="UTF-8""#], .basic),
            (["Basic"], .basic), (["Basic  "], .basic), ([#"BASIC realm="x""#], .basic),
            (["BASIC"], .basic),
            (["Bearer"], .unsupported(["bearer without a realm"])),
            (["Bearer  "], .unsupported(["bearer without a realm"])),
            (["Bearer realm="], .unsupported(["bearer without a realm"])),
            (
                [#"Basic realm="a", Bearer realm="https://r/t",service="s""#],
                bearer("https://r/t", "s")
            ),
            (["Negotiate", #"Basic realm="x""#], .basic),
            (["Negotiate YIIabc==, Basic realm=\"x\""], .basic),
            (["Negotiate"], .unsupported(["negotiate"])),
            ([], .unsupported([])), ([""], .unsupported([])),
            ([#"Bearer realm = "https://r/t" , service = "s""#], bearer("https://r/t", "s")),
            ([#"Bearer realm="https://r/t",service="",scope="""#], bearer("https://r/t")),
            (
                [#"Bearer realm="r",scope="repository:a:pull repository:b:pull,push""#],
                bearer("r", nil, ["repository:a:pull", "repository:b:pull,push"])
            ),
            ([#"Bearer realm="/token2""#], bearer("/token2")),
            (["Bearer \"broken", #"Basic realm="x""#], .basic),
            (
                [#"Newauth realm="apps", type=1, title="Login to \"apps\"", Basic realm="simple""#],
                .basic
            ),
            (
                [#"Basic realm="a, Bearer realm=b", bEARER REALM="https://r/t" , ScOpE="x:y:z,w""#],
                bearer("https://r/t", nil, ["x:y:z,w"])
            ),
            (
                ["Negotiate", "NTLM", #"BASIC realm="x""#, #"Bearer realm="https://r/t""#],
                bearer("https://r/t")
            ),
            ([#",, ,Basic realm="x",,,"#], .basic),
            ([#"Negotiate dG9rZW42OA==,Bearer realm="https://r/t""#], bearer("https://r/t")),
            ([#"Bearer dG9rZW42OA==, Basic realm="x""#], .basic),
            ([#"Digest realm="d", nonce="a,b\"c", qop="auth,auth-int",Basic"#], .basic),
        ] as [([String], Challenge.Answer)])
    func chosen(lines: [String], answer: Challenge.Answer) throws {
        #expect(try Challenge.answer(to: lines) == answer)
    }

    @Test(
        "what cannot be read is an error, not a guess",
        arguments: [
            #""Bearer" realm="x""#, #"Bearer "realm"="x""#,
            #"Bearer realm="https://r/t" service="s""#, #"Bearer realm="https://r/t"#,
            #"Bearer realm="x\"#, #"realm="x""#, "=",
        ])
    func refused(line: String) {
        #expect(throws: Challenge.Malformed.self) { try Challenge.answer(to: [line]) }
    }

    @Test("escapes in quoted values are undone")
    func escapes() throws {
        let challenges = try Challenge.parse(
            #"Bearer realm="r",foo="a\"b",other=fun,slashed="he\"\l\lo""#)
        #expect(challenges.first?.parameter("foo") == #"a"b"#)
        #expect(challenges.first?.parameter("other") == "fun")
        #expect(challenges.first?.parameter("slashed") == #"he"llo"#)
    }

    @Test("16 KiB of parameters are read, one by one")
    func long() throws {
        let line = "Bearer " + String(repeating: "a=b,", count: 4096)
        #expect(try Challenge.parse(line).first?.parameters.count == 4096)
        #expect(throws: Challenge.Malformed.self) {
            try Challenge.parse(String(repeating: "a=b,", count: 4096))
        }
    }

    @Test("damaged lines are read or refused, and never crash")
    func damaged() {
        let whole = Array(
            (#"Negotiate YII==, Basic realm="a\"b", charset="UTF-8", Bearer realm="https://r/t","#
                + #"service="s",scope="repository:a/b:pull,push""#).utf8)
        var random = Numbers(state: 7)
        var readable = 0
        for _ in 1...20_000 {
            var bytes = whole
            for _ in 1...Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: [34, 92, 44].shuffled(using: &random), at: place)
                default: bytes = Array(bytes.prefix(place + 1))
                }
            }
            if (try? Challenge.answer(to: [String(decoding: bytes, as: UTF8.self)])) != nil {
                readable += 1
            }
        }
        #expect((1000...19_000).contains(readable))
    }

    /// Knuth's constants: the same numbers in every run.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 33)
        }
    }
}
