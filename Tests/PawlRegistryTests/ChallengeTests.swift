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
}
