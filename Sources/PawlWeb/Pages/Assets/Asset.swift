import Crypto
import HTTPTypes
import Hummingbird
import NIOCore

/// A file that pages need. It is part of the program: there is no folder to be installed.
struct Asset: Sendable {
    let path: String
    let mediaType: String
    let text: String
    /// The hash of the text: a browser that has it is not sent it again.
    let tag: String

    private init(_ path: String, _ mediaType: String, _ text: String) {
        self.path = path
        self.mediaType = mediaType
        self.text = text
        tag = "\"\(SHA256.hexDigits(of: text).prefix(32))\""
    }

    static let all = [
        Asset("/assets/pawl.css", "text/css; charset=utf-8", Stylesheet.text),
        Asset("/assets/live.js", "text/javascript; charset=utf-8", LiveScript.text),
        Asset("/assets/pawl.svg", "image/svg+xml", Emblem.text),
    ]

    /// The file, or 304 if the browser has it.
    func response(to request: Request) -> Response {
        var fields = PageHeaders.fields(mediaType, caching: "no-cache")
        fields[.eTag] = tag
        if let held = request.headers[.ifNoneMatch], held.contains(tag) {
            return Response(status: .notModified, headers: fields)
        }
        return Response(
            status: .ok, headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
