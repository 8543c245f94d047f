import PawlCore
import Testing

@Suite("Image references")
struct ImageReferenceTests {
    private static let hex = String(repeating: "ab", count: 32)

    @Test(
        "are read as the reference grammar of registries has them",
        arguments: [
            ("ghcr.io/acme/app:v1", "ghcr.io/acme/app:v1"),
            ("ghcr.io/acme/app", "ghcr.io/acme/app:latest"),
            ("GHCR.io/acme/app", "ghcr.io/acme/app:latest"),
            ("ubuntu", "docker.io/library/ubuntu:latest"),
            ("acme/app:1", "docker.io/acme/app:1"),
            ("index.docker.io/acme/app:1", "docker.io/acme/app:1"),
            ("localhost/app", "localhost/app:latest"),
            ("localhost:5000/app:x", "localhost:5000/app:x"),
            ("[::1]:5000/app:x", "[::1]:5000/app:x"),
            ("a.b/c__d/e-f.g", "a.b/c__d/e-f.g:latest"),
            ("ghcr.io/acme/app@sha256:\(hex)", "ghcr.io/acme/app@sha256:\(hex)"),
            ("ghcr.io/acme/app:v1@sha256:\(hex)", "ghcr.io/acme/app:v1@sha256:\(hex)"),
        ])
    func good(text: String, written: String) throws {
        #expect("\(try ImageReference(text))" == written)
        #expect(try ImageReference(written) == ImageReference(text))
    }

    @Test(
        "what is none is refused by what is wrong with it",
        arguments: [
            ("", ImageReference.Malformed.empty), ("a b", .notASCII), ("ä/b", .notASCII),
            ("a\n", .notASCII), ("https://ghcr.io/a", .scheme), ("ghcr.io/a:", .tag),
            ("ghcr.io/a:-x", .tag), ("ghcr.io/a@", .digest), ("ghcr.io/a@sha256:xyz", .digest),
            ("ghcr.io:0/a", .port), ("ghcr.io:65536/a", .port), ("ghcr.io:/a", .port),
            ("a_b.c/d", .host), ("[21000d2]/a", .host), ("-a.b/c", .host), ("ghcr.io/A", .path),
            ("ghcr.io//a", .path),
            ("ghcr.io/a/", .path), ("ghcr.io/a..b", .path), ("ghcr.io/a___b", .path),
            ("ghcr.io/-a", .path), ("ghcr.io/../a", .path), (hex, .looksLikeDigest),
        ])
    func bad(text: String, why: ImageReference.Malformed) {
        #expect(throws: why) { try ImageReference(text) }
    }

    @Test("a repository has neither tag nor digest, and a path of at most 255 characters")
    func repository() throws {
        #expect(try Repository("ghcr.io/acme/app").path == "acme/app")
        #expect(throws: ImageReference.Malformed.hasTag) { try Repository("ghcr.io/a:b") }
        #expect(throws: ImageReference.Malformed.hasDigest) {
            try Repository("ghcr.io/a@sha256:\(Self.hex)")
        }
        let path = String(repeating: "a", count: 255)
        #expect(throws: Never.self) { try Repository("ghcr.io/\(path)") }
        #expect(throws: ImageReference.Malformed.pathTooLong) {
            try Repository("ghcr.io/\(path)a")
        }
    }

    @Test("a short name of Docker Hub counts as it is spelled out, so that it can be read again")
    func longShortName() throws {
        let longest = String(repeating: "a", count: 255 - "library/".count)
        let repository = try Repository(longest)
        #expect(try Repository("\(repository)") == repository)
        for name in [longest + "a", "docker.io/\(longest)a", String(repeating: "a", count: 255)] {
            #expect(throws: ImageReference.Malformed.pathTooLong) { try Repository(name) }
        }
    }

    @Test(
        "this machine is known by its whole name alone",
        arguments: [
            ("localhost", true), ("localhost:5000", true), ("x.localhost", true),
            ("127.0.0.1:1", true), ("127.9.9.9", true), ("[::1]", true), ("[::1]:80", true),
            ("127.0.0.1.example.com", false), ("localhost.example.com", false),
            ("mylocalhost", false), ("128.0.0.1", false), ("127.0.0.256", false),
            ("127.0.0", false), ("[::2]", false), ("ghcr.io", false),
        ])
    func loopback(text: String, isLoopback: Bool) throws {
        #expect(try RegistryHost(text).isLoopback == isLoopback)
    }
}
