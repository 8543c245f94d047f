import PawlCore
import PawlHTTP
import PawlImages
import PawlLoopback
import PawlPorts
import PawlRegistry
import PawlTesting
import Testing

@Suite("A move is read back until it is seen")
struct ReadBackTests {
    private static let image = contractImage("index-labels")
    private static let older = contractImage("single-label")

    /// A tag that is moved while reads go wrong in some way.
    private func move(
        _ prepare: (LoopbackRegistry) -> Void = { _ in },
        _ check: (LoopbackRegistry, PortFailure?, Stand) throws -> Void
    ) async throws {
        try await withLoopback { loopback in
            loopback.store.add(Self.older, to: "acme/app", tag: "latest")
            loopback.store.add(Self.image, to: "acme/app", tag: "staging")
            try await Stand.with([loopback.repository()]) { stand in
                _ = try await stand.registry.pin(loopback.image("staging"))
                prepare(loopback)
                loopback.forget()
                let refusal = await failure { () throws(PortFailure) in
                    try await stand.registry.put(
                        Self.image.digest, from: loopback.repository(),
                        at: loopback.image("latest"))
                }
                #expect(loopback.count("PUT") == 1)
                #expect(
                    loopback.store.digest(of: "latest", in: "acme/app") == Self.image.digest)
                try check(loopback, refusal, stand)
            }
        }
    }

    @Test("a registry that shows it at once is read once, without a pause")
    func atOnce() async throws {
        try await move { loopback, refusal, stand in
            #expect(refusal == nil)
            #expect(stand.clock.slept == [])
            let read = try #require(stand.readBacks.all.first)
            #expect(stand.readBacks.all.count == 1)
            #expect(read.isSeen && read.looks == 1 && read.after == .zero)
            #expect(
                read.words == "\(loopback.image("latest")) reads as moved after 0 ms (1 read)")
        }
    }

    @Test("a registry that shows the old digest for a while is waited for, and how long is told")
    func stale() async throws {
        try await move({ $0.goStale("latest", in: "acme/app", reads: 3) }) {
            loopback, refusal, stand in
            #expect(refusal == nil)
            #expect(
                stand.clock.slept == [.milliseconds(500), .milliseconds(1000), .milliseconds(2000)])
            let read = try #require(stand.readBacks.all.first)
            #expect(read.isSeen && read.looks == 4 && read.after == .milliseconds(3500))
            #expect(read.words.hasSuffix("reads as moved after 3500 ms (4 reads)"))
            #expect(loopback.count("HEAD") == 4)
        }
    }

    @Test("a tag that is gone for a moment, and a read that fails, are waited out too")
    func absent() async throws {
        let unknown = CannedResponse.json(
            #"{"errors":[{"code":"MANIFEST_UNKNOWN"}]}"#, status: 404)
        for fault in [unknown, CannedResponse(status: 500)] {
            let times = fault.status == 500 ? Limits.attemptsMax : 1
            try await move({ $0.plan(.instead(fault), "HEAD", times: times) }) {
                _, refusal, stand in
                #expect(refusal == nil)
                let read = try #require(stand.readBacks.all.first)
                #expect(read.isSeen && read.looks == 2)
            }
        }
    }

    @Test("a move that is never seen is told, not failed, and not written again")
    func never() async throws {
        try await move({ $0.goStale("latest", in: "acme/app", reads: .max) }) {
            loopback, refusal, stand in
            #expect(refusal == nil)
            let read = try #require(stand.readBacks.all.first)
            #expect(!read.isSeen)
            #expect(read.after <= Limits.readBackWindow)
            #expect(read.after + Limits.readBackPauseMax > Limits.readBackWindow)
            #expect(read.looks == loopback.count("HEAD"))
            #expect(
                read.words.hasSuffix(
                    "after \(read.after.milliseconds) ms (\(read.looks) reads) still reads as "
                        + Self.older.digest.short))
        }
    }

    @Test("a third digest is somebody else's: it ends the wait at once, and is told as that")
    func foreign() async throws {
        for isNamed in [true, false] {
            try await withLoopback { loopback in
                let others = contractImage("single-annotated")
                loopback.store.add(Self.older, to: "acme/app", tag: "latest")
                loopback.store.add(Self.image, to: "acme/app", tag: "staging")
                try await Stand.with([loopback.repository()]) { stand in
                    _ = try await stand.registry.pin(loopback.image("staging"))
                    _ = try await stand.registry.digest(of: loopback.image("latest"))
                    loopback.plan(
                        .afterwards { answer in
                            loopback.store.add(others, to: "acme/app", tag: "latest")
                            return isNamed ? answer : CannedResponse(status: 202)
                        }, "PUT")
                    let refusal = await failure { () throws(PortFailure) in
                        try await stand.registry.put(
                            Self.image.digest, from: loopback.repository(),
                            at: loopback.image("latest"))
                    }
                    #expect(refusal?.code == (isNamed ? nil : .mismatched))
                    #expect(stand.clock.slept == [])
                    let read = try #require(stand.readBacks.all.first)
                    #expect(!read.isSeen && read.looks == 1 && read.foreign == others.digest)
                    #expect(
                        read.words.hasSuffix(
                            "after 0 ms (1 read) somebody else has moved it to "
                                + others.digest.short))
                }
            }
        }
    }

    @Test("a reader who is refused does not wait")
    func denied() async throws {
        try await move({ $0.plan(.instead(CannedResponse(status: 403)), "HEAD", times: .max) }) {
            loopback, refusal, stand in
            #expect(refusal == nil)
            #expect(stand.readBacks.all.first?.isSeen == false)
            #expect(loopback.count("HEAD") == 1)
            #expect(stand.clock.slept == [])
        }
    }

    @Test("an answer that names no digest is believed when the tag shows it, and only then")
    func unnamed() async throws {
        let unnamed = LoopbackRegistry.Fault.afterwards { _ in CannedResponse(status: 202) }
        try await move({
            $0.plan(unnamed, "PUT")
            $0.goStale("latest", in: "acme/app", reads: 2)
        }) { _, refusal, stand in
            #expect(refusal == nil)
            #expect(stand.readBacks.all.first?.looks == 3)
        }
        try await move({
            $0.plan(unnamed, "PUT")
            $0.goStale("latest", in: "acme/app", reads: .max)
        }) { _, refusal, _ in
            #expect(refusal?.code == .mismatched)
            #expect(refusal?.detail.contains("without naming it") == true)
        }
    }

    @Test("after a lost answer the look is what sees the tag, and nothing is read twice")
    func lost() async throws {
        try await move({ $0.plan(.droppedAfter, "PUT") }) { loopback, refusal, stand in
            #expect(refusal == nil)
            #expect(loopback.log.map(\.method) == ["PUT", "HEAD"])
            #expect(stand.readBacks.all == [])
        }
    }
}
