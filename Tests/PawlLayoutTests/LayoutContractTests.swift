import PawlCore
import PawlImages
import PawlLayout
import PawlLoopback
import PawlPorts
import PawlTesting
import Testing

@Suite("A layout keeps the contract of every registry, and others read what it holds")
struct LayoutContractTests {
    @Test("images that another tool wrote are read, moved and copied")
    func contract() async throws {
        try await LayoutStand.with { stand in
            var digests: [String: Digest] = [:]
            var images: [(String, RegistryImage)] = []
            for image in RegistryContract.images {
                let built = contractImage(image.tag)
                digests[image.tag] = built.digest
                images.append((image.tag, built))
            }
            try stand.publish(images)
            let contract = RegistryContract(
                stand.layouts, repository: stand.repository(),
                elsewhere: stand.repository("deep/er/copy"), digests: digests)
            let breaches = await contract.breaches()
            #expect(breaches == [])
        }
    }

    @Test("an image goes from a registry to a layout and on to another registry, byte for byte")
    func roundTrip() async throws {
        try await DistributionServer.withFolder { folder in
            try await DistributionServer.run(in: folder) { server in
                try await roundTrip(by: server)
            }
        }
    }

    private func roundTrip(by server: DistributionServer) async throws {
        let client = LoopbackClient()
        let oci = "application/vnd.oci"
        let names = ["index-labels", "single-annotation", "single-label"]
        for name in names {
            try await client.push(contractImage(name), to: server.url, path: "acme/app", tag: name)
        }
        await client.shutdown()
        let first = try Repository("\(server.host)/acme/app")
        let second = try Repository("\(server.host)/prod/app")
        try await LayoutStand.with { stand in
            try await withRegistry([first, second]) { registry in
                let stores = ImageStores(registries: registry, layouts: stand.layouts)
                for name in names {
                    let digest = contractImage(name).digest
                    try await stores.put(digest, from: first, at: stand.image(name))
                    let fresh = ImageStores(
                        registries: registry, layouts: OCILayouts(clock: stand.clock.clock))
                    #expect(try await fresh.pin(stand.image(name)) == digest)
                    try await fresh.put(
                        digest, from: stand.repository(),
                        at: ImageReference(second, try Tag(name)))
                }
            }
            // skopeo finds nothing but OCI's own types in a layout.
            for name in names where contractImage(name).top.mediaType.hasPrefix(oci) {
                for place in ["oci:\(stand.folder)/app:\(name)", "docker://\(second):\(name)"] {
                    let raw = try await DistributionServer.output(
                        of: "skopeo", ["inspect", "--raw", "--tls-verify=false", place])
                    #expect(raw == contractImage(name).top.bytes)
                }
            }
            // All content, not the top alone.
            _ = try await DistributionServer.output(
                of: "skopeo",
                [
                    "copy", "--all", "--quiet", "--insecure-policy", "--preserve-digests",
                    "oci:\(stand.folder)/app:index-labels", "oci:\(stand.folder)/by-skopeo:x",
                ])
            let copied = try await stand.layouts.pin(stand.image("x", "by-skopeo"))
            #expect(copied == contractImage("index-labels").digest)
        }
    }

    @Test("signatures go through a layout under their tags and in their lists")
    func companions() async throws {
        let image = contractImage("index-labels")
        try await LayoutStand.with { stand in
            let signature = contractImage("single-label")
            try stand.publish([
                ("staging", image), ("sha256-\(image.digest.hex).sig", signature),
            ])
            try await stand.layouts.put(
                image.digest, from: stand.repository(), at: stand.image("latest", "other"))
            let tag = stand.image("sha256-\(image.digest.hex).sig", "other")
            #expect(try await stand.layouts.pin(tag) == signature.digest)
        }
    }

    @Test("what is about an image and has no name of its own goes along, too, and is listed")
    func unnamedReferrers() async throws {
        let image = contractImage("single-label")
        let type = "application/vnd.oci.image.manifest.v1+json"
        let config = sha256(Array("{}".utf8))
        let referrer =
            "{\"schemaVersion\":2,\"mediaType\":\"\(type)\",\"config\":{\"mediaType\":\"x\","
            + "\"digest\":\"\(config)\",\"size\":2},\"layers\":[],\"subject\":{\"digest\":"
            + "\"\(image.digest)\",\"size\":1}}"
        let digest = sha256(Array(referrer.utf8))
        try await LayoutStand.with { stand in
            try stand.publish([("staging", image)])
            try stand.write(referrer, to: "blobs/sha256/\(digest.hex)")
            try stand.write("{}", to: "blobs/sha256/\(config.hex)")
            let index = try stand.text("index.json").dropLast(2)
            try stand.write(
                index + ",{\"mediaType\":\"\(type)\",\"digest\":\"\(digest)\",\"size\":1}]}",
                to: "index.json")
            try await stand.layouts.put(
                image.digest, from: stand.repository(), at: stand.image("latest", "other"))
            let list = try await stand.layouts.pin(
                stand.image("sha256-\(image.digest.hex)", "other"))
            let manifest = try await stand.layouts.manifest(
                try #require(list), in: stand.repository("other"))
            guard case .index(let entries) = manifest.kind else {
                Issue.record("the list is no index")
                return
            }
            #expect(entries.map(\.descriptor.digest) == [digest])
            #expect(
                try await stand.layouts.manifest(digest, in: stand.repository("other")).bytes
                    == Array(referrer.utf8))
        }
    }
}
