import FoundationEssentials
import PawlFuzz
import Testing

/// Inputs that once came to something, and those that fuzzing begins with.
private struct Corpus {
    /// One of them.
    struct Input: Sendable, CustomTestStringConvertible {
        let target: String
        let name: String
        let bytes: [UInt8]

        var testDescription: String { "\(target)/\(name)" }
    }

    static let folder: String = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(2).joined(separator: "/") + "/Corpus"
    }()

    static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    static let inputs: [Input] = names(in: folder).flatMap { target in
        names(in: "\(folder)/\(target)").compactMap { name in
            FileManager.default.contents(atPath: "\(folder)/\(target)/\(name)").map {
                Input(target: target, name: name, bytes: Array($0))
            }
        }
    }
}

@Suite("Readers of outside text, under the corpus of the fuzz targets")
struct CorpusTests {
    @Test("no input of the corpus breaks a promise", arguments: Corpus.inputs)
    fileprivate func input(_ input: Corpus.Input) async throws {
        let target = try #require(FuzzTarget.named(input.target))
        do throws(Broken) {
            try await target.run(input.bytes)
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test("every target has a corpus, and every corpus a target")
    func targets() {
        #expect(Corpus.names(in: Corpus.folder) == FuzzTarget.all.map(\.name).sorted())
        for target in FuzzTarget.all {
            let count = Corpus.inputs.count { $0.target == target.name }
            #expect(count >= 3, "\(target.name) has \(count) inputs")
        }
    }

    @Test("the corpus is lean: no input is there twice, and each is small")
    func lean() {
        for target in FuzzTarget.all {
            let inputs = Corpus.inputs.filter { $0.target == target.name }
            #expect(Set(inputs.map(\.bytes)).count == inputs.count, "\(target.name) has a double")
            for input in inputs {
                // Own choice: an index with one child too many has 11 KB.
                #expect(input.bytes.count <= 16_384, "\(input.testDescription)")
            }
        }
    }

    @Test("no input, however short, breaks a promise", arguments: FuzzTarget.all.map(\.name))
    func short(name: String) async throws {
        let target = try #require(FuzzTarget.named(name))
        try await target.run([])
        for byte in UInt8.min...UInt8.max {
            try await target.run([byte])
            try await target.run([byte, 0x0A, byte])
        }
    }
}
