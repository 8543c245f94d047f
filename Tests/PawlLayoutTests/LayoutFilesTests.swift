import FoundationEssentials
import PawlCore
import PawlImages
import PawlLayout
import PawlLoopback
import PawlPorts
import PawlTesting
import Testing

@Suite("The files of a layout")
struct LayoutFilesTests {
    private static let older = contractImage("single-label")
    private static let newer = contractImage("single-annotation")

    @Test("a tag that moves leaves everything else in the index as it was written")
    func otherFields() async throws {
        try await LayoutStand.with { stand in
            try stand.publish([("latest", Self.older), ("staging", Self.newer)])
            try await stand.layouts.put(
                Self.newer.digest, from: stand.repository(), at: stand.image("latest"))
            let index = try stand.text("index.json")
            #expect(index.contains(#""x-other":[1.50,12345678901234567890]"#))
            #expect(index.split(separator: #""x-own":1e400"#).count == 3)
            let fresh = OCILayouts(clock: stand.clock.clock)
            #expect(try await fresh.digest(of: stand.image("latest")) == Self.newer.digest)
            #expect(try await fresh.digest(of: stand.image("staging")) == Self.newer.digest)
            // What lost its name can still be had, as other tools leave it.
            let byDigest = ImageReference(stand.repository(), Self.older.digest)
            #expect(try await fresh.digest(of: byDigest) == Self.older.digest)
            #expect(index.contains("\(Self.older.digest)"))
            #expect(try stand.names().filter { $0.hasPrefix(".pawl-") } == [])
        }
    }

    @Test("a tag that is right already leaves the file untouched")
    func untouched() async throws {
        try await LayoutStand.with { stand in
            try stand.publish([("latest", Self.older)])
            let before = try stand.text("index.json")
            try await stand.layouts.put(
                Self.older.digest, from: stand.repository(), at: stand.image("latest"))
            #expect(try stand.text("index.json") == before)
        }
    }

    @Test("moving there and back does not make the index longer")
    func thereAndBack() async throws {
        try await LayoutStand.with { stand in
            try stand.publish([("latest", Self.older), ("staging", Self.newer)])
            var counts: Set<Int> = []
            for _ in 0..<4 {
                for image in [Self.newer, Self.older] {
                    try await stand.layouts.put(
                        image.digest, from: stand.repository(), at: stand.image("latest"))
                }
                counts.insert(try stand.text("index.json").split(separator: "\"digest\"").count)
            }
            #expect(counts.count == 1)
        }
    }

    @Test("of many writers at once, none loses its tag")
    func writers() async throws {
        try await LayoutStand.with { stand in
            try stand.publish([("staging", Self.older)])
            // A clock that really sleeps: the lock is what is waited for.
            let clock = Clock(
                now: { Instant(millisecondsSinceEpoch: 0) },
                sleep: { pause async throws(CancellationError) in
                    do { try await Task.sleep(for: pause) } catch { throw CancellationError() }
                })
            let tags = (0..<24).map { "tag-\($0)" }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for tag in tags {
                    group.addTask {
                        try await OCILayouts(clock: clock).put(
                            Self.older.digest, from: stand.repository(), at: stand.image(tag))
                    }
                }
                try await group.waitForAll()
            }
            let fresh = OCILayouts(clock: clock)
            for tag in tags + ["staging"] {
                #expect(try await fresh.digest(of: stand.image(tag)) == Self.older.digest)
            }
        }
    }

    @Test("a lock that somebody holds is waited for so long, and the holder is named")
    func locked() async throws {
        try await LayoutStand.with { stand in
            try stand.publish([("staging", Self.older)])
            let before = try stand.text("index.json")
            try await DistributionServer.holdingLock(stand.path(".pawl.lock")) { process in
                try stand.write("\(process)\n", to: ".pawl.lock")
                let refusal = await failure { () throws(PortFailure) in
                    try await stand.layouts.put(
                        Self.older.digest, from: stand.repository(), at: stand.image("latest"))
                }
                #expect(refusal?.code == .timedOut)
                #expect(refusal?.detail == "it is locked by process \(process)")
            }
            #expect(try stand.text("index.json") == before)
            try await stand.layouts.put(
                Self.older.digest, from: stand.repository(), at: stand.image("latest"))
            let moved = try await stand.layouts.digest(of: stand.image("latest"))
            #expect(moved == Self.older.digest)
        }
    }

    @Test(
        "an index that cannot be used is refused and left as it is, never replaced",
        arguments: [
            ("{\"schemaVersion\":2,\"manif", PortFailure.Code.garbled), ("", .garbled),
            ("[]", .garbled), (#"{"schemaVersion":2}"#, .garbled),
            (#"{"schemaVersion":3,"manifests":[]}"#, .unsupported),
            (#"{"schemaVersion":2,"manifests":[],"manifests":[]}"#, .garbled),
        ])
    func badIndex(text: String, code: PortFailure.Code) async throws {
        try await LayoutStand.with { stand in
            try stand.publish([("staging", Self.older)])
            try stand.write(text, to: "index.json")
            let layouts = OCILayouts(clock: stand.clock.clock)
            let unread = await failure { () throws(PortFailure) in
                _ = try await layouts.digest(of: stand.image("staging"))
            }
            let unwritten = await failure { () throws(PortFailure) in
                try await layouts.put(
                    Self.older.digest, from: stand.repository(), at: stand.image("latest"))
            }
            #expect(unread?.code == code)
            #expect(unwritten?.code == code)
            #expect(try stand.text("index.json") == text)
        }
    }

    @Test("a folder that is not there, or empty, has no image; one with other things is no layout")
    func noLayout() async throws {
        try await LayoutStand.with { stand in
            #expect(try await stand.layouts.digest(of: stand.image("latest")) == nil)
            try stand.write("", to: "inner/file")
            #expect(
                try await stand.layouts.digest(of: stand.image("latest", "app/inner/none")) == nil)
            let refusal = await failure { () throws(PortFailure) in
                _ = try await stand.layouts.digest(of: stand.image("latest"))
            }
            #expect(refusal?.code == .unsupported)
            #expect(refusal?.detail.contains("no OCI image layout") == true)
            let push = await failure { () throws(PortFailure) in
                try await stand.layouts.preparePush(to: [stand.repository()])
            }
            #expect(push?.code == .unsupported)
            let file = await failure { () throws(PortFailure) in
                _ = try await stand.layouts.digest(of: stand.image("latest", "app/inner/file"))
            }
            #expect(file?.code == .unsupported)
        }
    }

    @Test("a tag that two tools gave to two images is not guessed")
    func ambiguous() async throws {
        try await LayoutStand.with { stand in
            try stand.publish([("latest", Self.older), ("latest", Self.newer)])
            let refusal = await failure { () throws(PortFailure) in
                _ = try await stand.layouts.digest(of: stand.image("latest"))
            }
            #expect(refusal?.code == .ambiguous)
            // Moving it leaves one.
            try await stand.layouts.put(
                Self.newer.digest, from: stand.repository(), at: stand.image("latest"))
            let digest = try await stand.layouts.digest(of: stand.image("latest"))
            #expect(digest == Self.newer.digest)
        }
    }

    @Test("a link in the place of a blob is not followed out of the layout")
    func links() async throws {
        try await LayoutStand.with { stand in
            try stand.publish([("latest", Self.older)])
            let blob = stand.path("blobs/sha256/\(Self.older.digest.hex)")
            let secret = "\(stand.folder)/outside"
            try FileManager.default.moveItem(atPath: blob, toPath: secret)
            try FileManager.default.createSymbolicLink(
                atPath: blob, withDestinationPath: secret)
            let refusal = await failure { () throws(PortFailure) in
                _ = try await stand.layouts.pin(stand.image("latest"))
            }
            #expect(refusal?.code == .unsupported)
            #expect(refusal?.advice?.contains("not followed") == true)
        }
    }

    @Test("a blob with other content is not believed, and is written anew by a copy")
    func tornBlob() async throws {
        try await LayoutStand.with { stand in
            try stand.publish([("latest", Self.older)])
            let layer = Self.older.blobs[1]
            let torn = String(repeating: "x", count: layer.bytes.count)
            try await stand.layouts.put(
                Self.older.digest, from: stand.repository(), at: stand.image("a", "other"))
            try DistributionServer.write(
                torn, to: stand.path("blobs/sha256/\(layer.digest.hex)", "other"))
            try await stand.layouts.put(
                Self.older.digest, from: stand.repository(), at: stand.image("b", "other"))
            let mended = try DistributionServer.read(
                stand.path("blobs/sha256/\(layer.digest.hex)", "other"))
            #expect(Array(mended.utf8) == layer.bytes)

            try stand.write(torn, to: "blobs/sha256/\(layer.digest.hex)")
            let refusal = await failure { () throws(PortFailure) in
                try await stand.layouts.put(
                    Self.older.digest, from: stand.repository(), at: stand.image("c", "third"))
            }
            #expect(refusal?.code == .mismatched)
            let third = stand.image("c", "third")
            #expect(try await stand.layouts.digest(of: third) == nil)
            #expect(
                try stand.names("../third/blobs/sha256").allSatisfy { !$0.hasPrefix(".pawl") })
        }
    }
}
