import PawlCore
import Testing

@Suite("Image references are read by the grammar of distribution/reference")
struct ImageReferenceTests {
    private static let f64 = String(repeating: "f", count: 64)

    @Test(
        "a legal reference is read into host, path, tag and digest",
        arguments: [
            ("ubuntu", "docker.io", "library/ubuntu", "latest", nil),
            ("ubuntu:22.04", "docker.io", "library/ubuntu", "22.04", nil),
            ("library/ubuntu", "docker.io", "library/ubuntu", "latest", nil),
            ("docker.io/ubuntu", "docker.io", "library/ubuntu", "latest", nil),
            ("index.docker.io/ubuntu", "docker.io", "library/ubuntu", "latest", nil),
            (
                "registry-1.docker.io/library/ubuntu", "registry-1.docker.io", "library/ubuntu",
                "latest", nil
            ),
            ("org/app:1", "docker.io", "org/app", "1", nil),
            ("org/sub/app:1", "docker.io", "org/sub/app", "1", nil),
            ("ghcr.io/acme/api:staging-0123456", "ghcr.io", "acme/api", "staging-0123456", nil),
            ("ghcr.io/acme/api@sha256:\(f64)", "ghcr.io", "acme/api", nil, "sha256:\(f64)"),
            (
                "ghcr.io/acme/api:latest@sha256:\(f64)", "ghcr.io", "acme/api", "latest",
                "sha256:\(f64)"
            ),
            ("Ghcr.io/acme/api", "ghcr.io", "acme/api", "latest", nil),
            ("GHCR.IO/acme/api", "ghcr.io", "acme/api", "latest", nil),
            ("localhost/app", "localhost", "app", "latest", nil),
            ("localhost:5000/app", "localhost:5000", "app", "latest", nil),
            ("localhost:5000", "docker.io", "library/localhost", "5000", nil),
            ("test:5000/repo", "test:5000", "repo", "latest", nil),
            ("test.com:5000", "docker.io", "library/test.com", "5000", nil),
            ("test:5000", "docker.io", "library/test", "5000", nil),
            ("127.0.0.1:5000/a/b:c", "127.0.0.1:5000", "a/b", "c", nil),
            ("192.168.1.1", "docker.io", "library/192.168.1.1", "latest", nil),
            ("192.168.1.1/repo", "192.168.1.1", "repo", "latest", nil),
            ("[::1]:5000/app", "[::1]:5000", "app", "latest", nil),
            ("[2001:db8::1]/repo:tag", "[2001:db8::1]", "repo", "tag", nil),
            ("FOO/bar", "foo", "bar", "latest", nil),
            ("foo:Bar", "docker.io", "library/foo", "Bar", nil),
            ("a__b/c", "docker.io", "a__b/c", "latest", nil),
            ("a--b/c", "docker.io", "a--b/c", "latest", nil),
            ("a---b", "docker.io", "library/a---b", "latest", nil),
            ("a.b/c", "a.b", "c", "latest", nil),
            ("foo:_ok", "docker.io", "library/foo", "_ok", nil),
            ("docker.io/\(f64)", "docker.io", "library/\(f64)", "latest", nil),
            ("xn--n3h.com/myimage", "xn--n3h.com", "myimage", "latest", nil),
            (
                "ghcr.io/acme/api:sha256-\(f64).sig", "ghcr.io", "acme/api", "sha256-\(f64).sig",
                nil
            ),
            ("localhostevil/app", "docker.io", "localhostevil/app", "latest", nil),
            ("localhost.evil.com/app", "localhost.evil.com", "app", "latest", nil),
        ] as [(String, String, String, String?, String?)])
    func legal(
        text: String, host: String, path: String, tag: String?, digest: String?
    ) throws {
        let reference = try ImageReference(text)
        #expect(reference.repository.host.description == host)
        #expect(reference.repository.path == path)
        #expect(reference.tag?.text == tag)
        #expect(reference.digest?.description == digest)
        #expect(try ImageReference(reference.description) == reference)
    }

    @Test(
        "an illegal reference is refused",
        arguments: [
            "ghcr.io/Acme/api:latest", "[2001:db8::1]", "[fe80::1%eth0]:5000/repo",
            "[2001:db8:3:4::192.0.2.33]:5000/debian", "Foo", "foo/Bar", "a___b/c", "a..b/c",
            "a._b/c", "_a/b", "a_/b", "-a/b", "a-/b", "foo/-bar", "foo/bar-", "foo//bar",
            "foo/bar/", "/foo/bar", "foo/bar:", "foo/bar@", "foo/bar:t:u", ":tag",
            "@sha256:\(f64)", "", "foo:.bad", "foo:-bad", "foo:a+b",
            "foo/bar@sha256:\(f64.dropLast())",
            "foo/bar@sha256:\(String(repeating: "F", count: 64))",
            "foo/bar@sha256:\(String(repeating: "g", count: 64))",
            "foo/bar@md5:\(String(repeating: "f", count: 32))", "foo/bar@sha256-\(f64)", f64,
            "https://ghcr.io/acme/api", " foo/bar", "foo /bar", "foo/bar\n",
            "host.with.dot./app:x", "host.:5000/app:x", "foo_bar.com/app", "foo_bar.com:5000/app",
            "host:0/app", "host:99999/app", "host:port/app", "user@host/app",
            "ghcr.io/acme/../x:y", "ghcr.io/acme/%2e%2e:y", "ghcr.io/acme/api?x=1",
        ])
    func illegal(text: String) {
        #expect(throws: ImageReference.Malformed.self) { try ImageReference(text) }
    }

    @Test("an address with a scheme says so, so that the advice can be to leave it out")
    func scheme() {
        #expect(throws: ImageReference.Malformed.scheme) {
            try ImageReference("https://ghcr.io/acme/api")
        }
    }

    @Test("lengths are kept: tags of 128, paths of 255 characters")
    func lengths() throws {
        func repeated(_ text: String, _ count: Int) -> String {
            String(repeating: text, count: count)
        }
        #expect(try ImageReference("foo:" + repeated("x", 128)).tag?.text.count == 128)
        #expect(throws: ImageReference.Malformed.tag) {
            try ImageReference("foo:" + repeated("x", 129))
        }
        #expect(
            try ImageReference("example.com/" + repeated("a", 255)).repository.path.count == 255)
        #expect(throws: ImageReference.Malformed.pathTooLong) {
            try ImageReference("example.com/" + repeated("a", 256))
        }
    }

    @Test("a digest of SHA-512 is one, an algorithm that cannot be computed here is none")
    func algorithms() throws {
        let sha512 = "foo/bar@sha512:" + String(repeating: "f", count: 128)
        #expect(try ImageReference(sha512).digest?.algorithm == .sha512)
        #expect(throws: ImageReference.Malformed.digest) {
            try ImageReference("foo/bar@sha384:" + String(repeating: "f", count: 96))
        }
    }

    @Test(
        "plain http goes to this machine alone, by its exact name",
        arguments: [
            ("localhost/a", true), ("localhost:5000/a", true), ("x.localhost:1/a", true),
            ("127.0.0.1/a", true), ("127.0.0.1:443/a", true), ("[::1]:80/a", true),
            ("127.0.0.1.evil.com/a", false), ("my127.0.0.1registry.io/a", false),
            ("foo.svc.local/a", false), ("example.com:80/a", false),
            ("localhost.evil.com/a", false), ("10.0.0.1:5000/a", false),
        ])
    func loopback(text: String, isLoopback: Bool) throws {
        #expect(try ImageReference(text).repository.host.isLoopback == isLoopback)
    }
}
