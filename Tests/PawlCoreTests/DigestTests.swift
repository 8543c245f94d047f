import PawlCore
import PawlTesting
import Testing

@Suite("Digests")
struct DigestTests {
    private let hex = String(repeating: "0123456789abcdef", count: 4)

    @Test("the canonical form of both registered algorithms is read and written back")
    func canonical() throws {
        for (algorithm, digits) in [(Digest.Algorithm.sha256, hex), (.sha512, hex + hex)] {
            let digest = try Digest("\(algorithm.rawValue):\(digits)")
            #expect(digest.algorithm == algorithm)
            #expect(digest.hex == digits)
            #expect("\(digest)" == "\(algorithm.rawValue):\(digits)")
        }
        #expect(try Digest("sha256:\(hex)").short == "sha256:0123456789ab")
    }

    @Test("an algorithm that is not registered is refused")
    func algorithm() {
        for text in ["", "sha256", hex, ":\(hex)", "md5:\(hex)", "SHA256:\(hex)", "sha384:\(hex)"] {
            #expect(throws: Digest.Malformed.algorithm) { try Digest(text) }
        }
    }

    @Test("a wrong number of digits is refused")
    func length() {
        for text in ["sha256:", "sha256:\(hex)0", "sha256:\(hex.dropLast())", "sha512:\(hex)"] {
            #expect(throws: Digest.Malformed.length) { try Digest(text) }
        }
    }

    @Test("digits of the right number and the wrong alphabet are refused")
    func alphabet() {
        for bad in ["A", "g", " ", "/", ":", "\n", "\0"] {
            #expect(throws: Digest.Malformed.character) {
                try Digest("sha256:" + hex.dropLast() + bad)
            }
        }
    }

    @Test("samples of different names differ")
    func samples() {
        let names = (0..<1000).map { "image\($0 % 10)@\($0)" }
        #expect(Set(names.map(Digest.named)).count == names.count)
        #expect(Set(names.map { CommitID.named($0).short }).count == names.count)
        #expect(Digest.named("a") == Digest.named("a"))
    }
}
