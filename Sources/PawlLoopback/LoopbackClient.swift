import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

/// A plain HTTP client for setting things up; nothing of the product is in it.
package final class LoopbackClient: Sendable {
    /// An answer that setting up did not expect.
    package struct Unexpected: Error, CustomStringConvertible {
        /// The request and the status.
        package let description: String
    }

    private let client: HTTPClient

    /// A client that follows no redirect.
    package init() {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, decompression: .disabled)
        // A proxy must not be what its clients wait for.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        client = HTTPClient(
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
    }

    /// Closes its connections; must be called.
    package func shutdown() async { try? await client.shutdown() }

    /// One request, whole answer up to 64 MiB.
    package func send(
        _ method: String, _ url: String, headers: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) async throws -> CannedResponse {
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: method)
        request.headers = HTTPHeaders(headers.map { ($0.name, $0.value) })
        if !body.isEmpty { request.body = .bytes(ByteBuffer(bytes: body)) }
        let answer = try await client.execute(request, timeout: .seconds(30))
        let received = try await answer.body.collect(upTo: 64 * 1024 * 1024)
        return CannedResponse(
            status: Int(answer.status.code), headers: answer.headers.map { ($0.name, $0.value) },
            body: Array(received.readableBytesView))
    }

    /// Pushes an image into a registry at `url` (scheme, host and port): blobs, children, tag.
    package func push(
        _ image: RegistryImage, to url: String, path: String, tag: String,
        authorization: String? = nil
    ) async throws {
        let authorized = authorization.map { [("Authorization", $0)] } ?? []
        for blob in image.blobs {
            let begun = try await expect(
                202, "POST", "\(url)/v2/\(path)/blobs/uploads/", authorized)
            let location = begun.headers.first { $0.name.lowercased() == "location" }?.value ?? ""
            let address = location.hasPrefix("/") ? url + location : location
            let mark = address.contains("?") ? "&" : "?"
            _ = try await expect(
                201, "PUT", "\(address)\(mark)digest=\(blob.digest)",
                authorized + [("Content-Type", "application/octet-stream")], blob.bytes)
        }
        for manifest in image.manifests {
            let reference = manifest.digest == image.digest ? tag : "\(manifest.digest)"
            _ = try await expect(
                201, "PUT", "\(url)/v2/\(path)/manifests/\(reference)",
                authorized + [("Content-Type", manifest.mediaType)], manifest.bytes)
        }
    }

    private func expect(
        _ status: Int, _ method: String, _ url: String,
        _ headers: [(String, String)], _ body: [UInt8] = []
    ) async throws -> CannedResponse {
        let answer = try await send(
            method, url, headers: headers.map { (name: $0.0, value: $0.1) }, body: body)
        guard answer.status == status else {
            throw Unexpected(
                description: "\(method) \(url): \(answer.status) "
                    + String(decoding: answer.body.prefix(300), as: UTF8.self))
        }
        return answer
    }
}
