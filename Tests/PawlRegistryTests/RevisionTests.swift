import PawlCore
import PawlHTTP
import PawlLoopback
import PawlPorts
import PawlRegistry
import PawlTesting
import Testing

@Suite("An image says its commit by annotation, else by the labels of its platforms")
struct RevisionTests {
    private let newer = RegistryContract.newer

    private func revision(
        _ platforms: Platforms = .every, of build: (LoopbackRegistry) -> Digest
    ) async throws -> (Revision?, PortFailure?, [String]) {
        var answer: (Revision?, PortFailure?, [String]) = (nil, nil, [])
        try await withLoopback { loopback in
            let digest = build(loopback)
            try await Stand.with([loopback.repository()]) { stand in
                do throws(PortFailure) {
                    answer.0 = try await stand.revision(
                        of: digest, in: loopback.repository(), platforms)
                } catch {
                    answer.1 = error
                }
            }
            answer.2 = loopback.log.map(\.line)
        }
        return answer
    }

    private func revision(
        _ platforms: Platforms = .every, of builder: RegistryImageBuilder
    ) async throws -> Revision? {
        try await revision(platforms) { $0.store.add(builder.build(), to: "acme/app", tag: "t") }.0
    }

    @Test(
        "labels of any form are said as they are, blank ones are none",
        arguments: [
            (commit, Revision.says(commit)), ("a6c8893", .says("a6c8893")),
            (commit.uppercased(), .says(commit.uppercased())), (" \(commit)\n", .says(commit)),
            ("", .unlabelled), (" \t", .unlabelled), (nil, .unlabelled),
        ] as [(String?, Revision)])
    func labels(text: String?, expected: Revision) async throws {
        let escaped = text?.split(separator: "\n", omittingEmptySubsequences: false)
            .joined(separator: " ").filter { $0 != "\t" }
        for types in [RegistryImageBuilder.Types.oci, .docker] {
            var builder = RegistryImageBuilder.single(of: escaped)
            builder.types = types
            #expect(try await revision(of: builder) == expected)
        }
    }

    @Test("a child's annotation stands for its label")
    func childAnnotations() async throws {
        var builder = RegistryImageBuilder.index(of: commit)
        builder.childAnnotations = [newer, newer]
        #expect(try await revision(of: builder) == .says(newer))
        builder.childAnnotations = [newer, nil]
        #expect(try await revision(of: builder) == .disagrees([newer, commit]))
    }

    @Test("a platform without a label disagrees with one that has one")
    func partial() async throws {
        let builder = RegistryImageBuilder(labels: [commit, nil], isIndex: true, seed: "x")
        #expect(try await revision(of: builder) == .disagrees([commit, "(no label)"]))
        #expect(try await revision(.first, of: builder) == .says(commit))
    }

    @Test("another label can be asked for")
    func otherKey() async throws {
        var builder = RegistryImageBuilder.index(of: commit)
        builder.key = "org.example.commit"
        #expect(try await revision(of: builder) == .unlabelled)
    }

    @Test("an index with nothing but attestations says nothing")
    func onlyAttestations() async throws {
        let (revision, failure, _) = try await revision { loopback in
            let child = loopback.store.add(
                contractImage("single-label"), to: "acme/app", tag: "child")
            let index =
                #"{"schemaVersion":2,"manifests":[{"mediaType":"#
                + #""application/vnd.docker.distribution.manifest.v2+json","digest":"\#(child)","#
                + #""size":1,"platform":{"os":"unknown","architecture":"unknown"}}]}"#
            return loopback.store.add(
                Array(index.utf8), mediaType: Self.indexType, to: "acme/app")
        }
        #expect(revision == .unlabelled)
        #expect(failure == nil)
    }

    @Test("an index in an index is read, one level deeper is refused")
    func nested() async throws {
        for (levels, expected) in [(1, true), (2, true), (3, false)] {
            let (revision, failure, _) = try await revision { loopback in
                var digest = loopback.store.add(
                    RegistryImageBuilder.single(of: commit).build(), to: "acme/app", tag: "t")
                for _ in 1...levels {
                    digest = loopback.store.add(
                        Array(Self.index([digest]).utf8), mediaType: Self.indexType,
                        to: "acme/app")
                }
                return digest
            }
            #expect(revision == (expected ? .says(commit) : nil), "\(levels) levels")
            #expect(failure?.code == (expected ? nil : .unsupported))
        }
    }

    @Test("an index of more platforms than there are costs no request for each")
    func manyPlatforms() async throws {
        for count in [Limits.indexPlatformsMax + 1, Limits.indexPlatformsMax * 3] {
            let (_, failure, log) = try await revision { loopback in
                let children = (0..<count).map { Digest.named("\($0)") }
                return loopback.store.add(
                    Array(Self.index(children).utf8), mediaType: Self.indexType, to: "acme/app")
            }
            #expect(failure?.code == .unsupported)
            #expect(log.count == 1)
        }
    }

    @Test("a child or config that is not there, or is not what its digest says, is no answer")
    func broken() async throws {
        let missing = try await revision { loopback in
            loopback.store.add(
                Array(Self.index([Digest.named("x")]).utf8), mediaType: Self.indexType,
                to: "acme/app")
        }
        #expect(missing.1?.code == .missing)

        let image = contractImage("single-label")
        let noConfig = try await revision { loopback in
            for manifest in image.manifests {
                loopback.store.add(
                    manifest.bytes, mediaType: manifest.mediaType, to: "acme/app")
            }
            return image.digest
        }
        #expect(noConfig.1?.code == .missing)

        let wrongConfig = try await revision { loopback in
            loopback.plan(
                .instead(CannedResponse(status: 200, body: Array("{}".utf8))), "GET", "/blobs/")
            return loopback.store.add(image, to: "acme/app", tag: "t")
        }
        #expect(wrongConfig.1?.code == .mismatched)
    }

    @Test("an artifact without a config has no label, and a config in its descriptor costs nothing")
    func embedded() async throws {
        let type = "application/vnd.oci.image.manifest.v1+json"
        let (artifact, _, log) = try await revision { loopback in
            let text =
                #"{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.empty.v1+json","#
                + #""digest":"\#(sha256(Array("{}".utf8)))","size":2},"layers":[]}"#
            return loopback.store.add(Array(text.utf8), mediaType: type, to: "acme/app")
        }
        #expect(artifact == .unlabelled)
        #expect(log.count == 1)

        let config = Array(#"{"config":{"Labels":{"\#(label)":"\#(commit)"}}}"#.utf8)
        for (bytes, code) in [(config, nil), (Array("{}".utf8), PortFailure.Code.mismatched)] {
            let (said, failure, log) = try await revision { loopback in
                let text =
                    #"{"schemaVersion":2,"config":{"mediaType":"a/b","#
                    + #""digest":"\#(sha256(config))","size":\#(config.count),"#
                    + #""data":"\#(base64(bytes))"},"layers":[]}"#
                return loopback.store.add(Array(text.utf8), mediaType: type, to: "acme/app")
            }
            #expect(said == (code == nil ? .says(commit) : nil))
            #expect(failure?.code == code)
            #expect(log.count == 1)
        }
    }

    private static let indexType = "application/vnd.oci.image.index.v1+json"

    private static func index(_ children: [Digest]) -> String {
        let entries = children.map {
            #"{"mediaType":"a/b","digest":"\#($0)","size":1,"#
                + #""platform":{"os":"linux","architecture":"amd64"}}"#
        }
        return #"{"schemaVersion":2,"manifests":[\#(entries.joined(separator: ","))]}"#
    }
}
