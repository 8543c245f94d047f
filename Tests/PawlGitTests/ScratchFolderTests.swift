import FoundationEssentials
import PawlGit
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("What killed runs leave behind")
struct ScratchFolderTests {
    @Test("folders that nobody uses any more are taken away after a day, and no others")
    func stale() async throws {
        let fixture = try await LedgerFixture()
        let place = fixture.path("tmp")
        func make(_ name: String, daysAgo: Double) throws {
            let folder = "\(place)/\(name)"
            try FileManager.default.createDirectory(
                atPath: "\(folder)/objects", withIntermediateDirectories: true)
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -daysAgo * 86400)],
                ofItemAtPath: folder)
        }
        try make("pawl-ledger-killed", daysAgo: 2)
        try make("pawl-ledger-locked", daysAgo: 2)
        try make("pawl-ledger-recent", daysAgo: 0.5)
        try make("pawl-ledger-of-mine", daysAgo: 2)
        try make("another-killed", daysAgo: 2)
        let used = open("\(place)/pawl-ledger-locked", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        flock(used, LOCK_SH)
        defer { close(used) }

        var environment = GitFixture.environment
        environment["TMPDIR"] = place
        let ledger = fixture.ledger(environment: environment)
        _ = try await ledger.tip(of: LedgerFixture.latest)
        func left() throws -> Set<String> {
            Set(try FileManager.default.contentsOfDirectory(atPath: place))
        }
        let kept: Set<String> = [
            "pawl-ledger-locked", "pawl-ledger-recent", "pawl-ledger-of-mine", "another-killed",
        ]
        #expect(try left().isSuperset(of: kept))
        #expect(try left().count == kept.count + 1)
        ledger.close()
        #expect(try left() == kept)
    }
}
