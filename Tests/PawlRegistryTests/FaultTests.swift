import PawlCore
import PawlHTTP
import PawlLoopback
import PawlPorts
import PawlRegistry
import PawlTesting
import Testing

@Suite("Whatever a registry answers, absence is only what it says is absent")
struct FaultTests {
    private func refusal(
        of fault: CannedResponse, _ method: String = "GET"
    ) async throws -> (failure: PortFailure?, requests: Int) {
        var answer: (PortFailure?, Int) = (nil, 0)
        try await withLoopback { loopback in
            loopback.store.add(contractImage("single-label"), to: "acme/app", tag: "t")
            loopback.plan(.instead(fault), method, times: .max)
            try await Stand.with([loopback.repository()]) { stand in
                let failure = await failure { () throws(PortFailure) in
                    _ = try await stand.registry.pin(loopback.image("t"))
                }
                answer = (failure, stand.requests.value)
            }
        }
        return answer
    }

    @Test(
        "a 404 is absence only in the protocol's own words",
        arguments: [
            (#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"m","detail":{"Tag":"x"}}]}"#, nil),
            (#"{"errors":[{"code":"MANIFEST_UNKNOWN","detail":"unknown tag=x"}]}"#, nil),
            (#"{"errors":[{"code":"NAME_UNKNOWN","detail":[1,2]}]}"#, nil),
            (#"{"errors":[{"code":"NOT_FOUND","detail":7}]}"#, nil),
            (#"{"errors":[]}"#, .garbled), (#"{"errors":[{"code":"MANIFEST_UNKNOWN"},{}]}"#, nil),
            ("", nil), ("404 page not found\n", .garbled),
            (#"{"errors":null}"#, .garbled), (#"{"details":"x"}"#, .garbled),
            (#"{"message":"x"}"#, .garbled), (#"{"StatusCode":400}"#, .garbled),
            (#"{"errors":[{"code":"DENIED","message":"requested access is denied"}]}"#, .denied),
            (#"{"errors":[{"code":"SURPRISE"}]}"#, .missing),
            ("<!DOCTYPE html><html>sign in</html>", .garbled),
            (
                #"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"OCI index found, but accept "#
                    + #"header does not support OCI indexes"}]}"#, .unsupported
            ),
        ] as [(String, PortFailure.Code?)])
    func notFound(body: String, code: PortFailure.Code?) async throws {
        let answer = try await refusal(
            of: CannedResponse(status: 404, contentType: "text/plain", text: body))
        #expect(answer.failure?.code == code)
        #expect(answer.requests == 1)
    }

    @Test(
        "other refusals keep their meaning",
        arguments: [
            (400, "", .garbled, 1), (401, "", .denied, 1), (403, "", .denied, 1),
            (408, "", .serverFailed, 5), (429, "", .throttled, 5), (500, "", .serverFailed, 5),
            (502, "<html>bad gateway</html>", .serverFailed, 5), (503, "", .serverFailed, 5),
            (504, "", .serverFailed, 5), (307, "", .garbled, 1), (204, "", .garbled, 1),
            (403, "You have exceeded a secondary rate limit", .throttled, 5),
        ] as [(Int, String, PortFailure.Code, Int)])
    func statuses(
        status: Int, body: String, code: PortFailure.Code, requests: Int
    ) async throws {
        let answer = try await refusal(
            of: CannedResponse(status: status, contentType: "text/plain", text: body))
        #expect(answer.failure?.code == code)
        #expect(answer.requests == requests)
    }

    @Test("a connection that breaks is tried again, and is unreachable in the end")
    func broken() async throws {
        for ending in [CannedResponse.Ending.dropsBeforeAnswer, .dropsInBody] {
            let answer = try await refusal(
                of: CannedResponse(status: 200, body: Array("half of it".utf8), ending: ending))
            #expect(answer.failure?.code == .unreachable)
            #expect(answer.requests == Limits.attemptsMax)
        }
    }

    @Test(
        "a body that is no manifest of its type is refused",
        arguments: [
            ("application/vnd.oci.image.index.v1+json", "<html></html>", .garbled),
            ("text/html", #"{"schemaVersion":2,"manifests":[]}"#, .garbled),
            ("application/vnd.oci.image.index.v1+json", "", .garbled),
            ("application/vnd.oci.image.index.v1+json", "\u{FEFF}{}", .garbled),
            (
                "application/vnd.oci.image.index.v1+json",
                #"{"schemaVersion":2,"manifests":[],"layers":[]}"#, .garbled
            ),
            (
                "application/vnd.oci.image.index.v1+json",
                #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","#
                    + #""manifests":[]}"#, .garbled
            ),
            (
                "application/vnd.oci.image.index.v1+json",
                #"{"schemaVersion":2,"manifests":[],"manifests":[]}"#, .garbled
            ),
            (
                "application/vnd.docker.distribution.manifest.v1+prettyjws",
                #"{"schemaVersion":1}"#, .unsupported
            ),
            (
                "application/vnd.docker.distribution.manifest.v1+json", #"{"schemaVersion":1}"#,
                .unsupported
            ),
            (
                "application/vnd.oci.image.index.v1+json",
                #"{"schemaVersion":1,"manifests":[]}"#, .unsupported
            ),
            ("application/octet-stream", #"{"schemaVersion":2,"manifests":[]}"#, .garbled),
            ("application/x-sqlite3", #"{"schemaVersion":2,"manifests":[]}"#, .unsupported),
        ] as [(String, String, PortFailure.Code)])
    func unusable(type: String, body: String, code: PortFailure.Code) async throws {
        let answer = try await refusal(
            of: CannedResponse(status: 200, contentType: type, text: body))
        #expect(answer.failure?.code == code)
    }

    @Test(
        "types are read without their parameters, whatever their case",
        arguments: [
            "application/vnd.oci.image.index.v1+json; charset=utf-8",
            "Application/VND.oci.image.index.v1+JSON",
        ])
    func lenientType(type: String) async throws {
        let answer = try await refusal(
            of: CannedResponse(
                status: 200, contentType: type,
                text: #"{"schemaVersion":2,"manifests":[],"unknown":{"a":1,"a":2}}"#))
        #expect(answer.failure == nil)
    }

    @Test("content that does not have the digest of header or request is refused")
    func digests() async throws {
        try await withLoopback { loopback in
            let other = Digest.named("other")
            let digest = loopback.store.add(
                contractImage("single-label"), to: "acme/app", tag: "t")
            try await Stand.with([loopback.repository()]) { stand in
                loopback.plan(
                    .afterwards { answer in
                        var answer = answer
                        answer.headers = answer.headers.map {
                            $0.name == "Docker-Content-Digest" ? ($0.name, "\(other)") : $0
                        }
                        return answer
                    }, "GET")
                let lied = await failure { () throws(PortFailure) in
                    _ = try await stand.registry.pin(loopback.image("t"))
                }
                #expect(lied?.code == .mismatched)

                loopback.plan(
                    .afterwards { answer in
                        var answer = answer
                        answer.body.append(UInt8(ascii: "\n"))
                        answer.headers = answer.headers.filter { $0.name == "Content-Type" }
                        return answer
                    }, "GET")
                let changed = await failure { () throws(PortFailure) in
                    _ = try await stand.revision(of: digest, in: loopback.repository())
                }
                #expect(changed?.code == .mismatched)
            }
        }
    }

    @Test("a HEAD without the digest's header is asked again by GET and hashed")
    func headerMissing() async throws {
        try await withLoopback { loopback in
            let digest = loopback.store.add(
                contractImage("single-label"), to: "acme/app", tag: "t")
            loopback.plan(.afterwards { CannedResponse(status: $0.status) }, "HEAD")
            try await Stand.with([loopback.repository()]) { stand in
                let read = try await stand.registry.digest(of: loopback.image("t"))
                #expect(read == digest)
                #expect(stand.requests.value == 2)
            }
        }
    }

    @Test("a manifest above 4 MiB and a token above 64 KiB are not read")
    func tooLarge() async throws {
        let answer = try await refusal(
            of: CannedResponse(
                status: 200, body: [UInt8](repeating: 0x20, count: Limits.manifestBytesMax + 1)))
        #expect(answer.failure?.code == .tooLarge)
        try await withLoopback(.bearer(TokenAuthority())) { loopback in
            let long = String(repeating: "x", count: Limits.tokenBytesMax)
            loopback.plan(.instead(.json("{\"token\":\"\(long)\"}")), "GET", "/token")
            try await Stand.with([loopback.repository()]) { stand in
                let refusal = await failure { () throws(PortFailure) in
                    _ = try await stand.registry.pin(loopback.image("t"))
                }
                #expect(refusal?.code == .tooLarge)
            }
        }
    }

    @Test("text from a registry is bounded, on one line, and without secrets")
    func outsideText() async throws {
        let message =
            "bad\\u001b[31m\\n::set-output name=x::y access_token=s3cr3t&x "
            + String(repeating: "long ", count: 200)
        let answer = try await refusal(
            of: .json(
                "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"\(message)\"}]}", status: 403))
        let detail = try #require(answer.failure?.detail)
        #expect(detail.hasPrefix("the registry answered 403 DENIED (bad"))
        #expect(detail.unicodeScalars.allSatisfy { $0.value >= 0x20 })
        #expect(!detail.contains("s3cr3t"))
        #expect(detail.count < 400)
    }
}
