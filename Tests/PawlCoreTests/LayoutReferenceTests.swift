import PawlCore
import Testing

@Suite("Layouts in folders as image references")
struct LayoutReferenceTests {
    private static let hex = String(repeating: "ab", count: 32)

    @Test(
        "one folder has one spelling",
        arguments: [
            ("oci:./dist/app", "oci:./dist/app"), ("oci:dist/app", "oci:./dist/app"),
            ("oci:././dist//app/", "oci:./dist/app"),
            ("oci:/srv/Images/App", "oci:/srv/Images/App"),
            ("oci:/", "oci:/"), ("oci:.", "oci:."), ("oci:./", "oci:."), ("oci:../x", "oci:../x"),
            ("oci:./../x", "oci:../x"), ("oci:.hidden", "oci:./.hidden"),
            ("oci:./a@b/c", "oci:./a@b/c"), ("oci:dist/", "oci:./dist"),
        ])
    func folders(text: String, written: String) throws {
        let repository = try Repository(text)
        #expect(repository.isLayout)
        #expect("\(repository)" == written)
        #expect(try Repository(written) == repository)
    }

    @Test("tag and digest stand behind the path, as skopeo writes them")
    func references() throws {
        let tagged = try ImageReference("oci:./dist/app:v1")
        #expect("\(tagged.repository)" == "oci:./dist/app")
        #expect(tagged.tag?.text == "v1")
        #expect("\(tagged)" == "oci:./dist/app:v1")
        #expect(try ImageReference("oci:./dist/app").tag?.text == "latest")
        let pinned = try ImageReference("oci:./a@b/c@sha256:\(Self.hex)")
        #expect(pinned.repository.path == "./a@b/c")
        #expect(pinned.tag == nil)
        #expect(pinned.digest?.hex == Self.hex)
    }

    @Test("no text that was an image of a registry has become a folder")
    func registries() throws {
        #expect("\(try ImageReference("oci:1.2"))" == "docker.io/library/oci:1.2")
        #expect("\(try ImageReference("oci:5000/app"))" == "oci:5000/app:latest")
        #expect("\(try ImageReference("oci/app"))" == "docker.io/oci/app:latest")
        #expect(try !Repository("OCI/app").isLayout)
        #expect(try Repository("OCI/app").host != Repository("oci:./app").host)
    }

    @Test(
        "what names no folder is refused",
        arguments: [
            ("oci:./a:b/c", ImageReference.Malformed.folder), ("oci:./a:", .tag),
            ("oci:./a@sha256", .folder), ("oci:./a@sha512/.", .folder),
            ("oci:./a:-", .tag), ("oci:./a@sha256:xyz", .digest), ("oci:", .tag),
            ("oci:/\(String(repeating: "a", count: 4095))", .folder), ("oci:./a b", .notASCII),
        ])
    func malformed(text: String, why: ImageReference.Malformed) {
        #expect(throws: why) { try ImageReference(text) }
    }
}
