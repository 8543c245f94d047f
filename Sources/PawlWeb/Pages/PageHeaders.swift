import HTTPTypes
import Hummingbird
import NIOCore

/// What every page says about itself to the browser.
enum PageHeaders {
    /// No script, style or picture but our own files, none written into a page, and nobody may put
    /// a page into theirs.
    static let policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        + "img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

    /// The headers of a page or a file of one. `same-origin` and not `no-referrer`: under that
    /// one a browser says `Origin: null` with a form.
    static func fields(_ mediaType: String, caching: String = "no-store") -> HTTPFields {
        var fields: HTTPFields = [
            .contentType: mediaType, .cacheControl: caching, .contentSecurityPolicy: policy,
            .xContentTypeOptions: "nosniff",
        ]
        for (name, value) in [
            ("Referrer-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"), ("X-Frame-Options", "DENY"),
        ] {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return fields
    }

    /// A whole page.
    static func page(_ status: HTTPResponse.Status = .ok, _ html: String) -> Response {
        Response(
            status: status, headers: fields("text/html; charset=utf-8"),
            body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }

    /// Has the browser ask for another page.
    static func seeOther(_ path: String) -> Response {
        var fields = fields("text/plain; charset=utf-8")
        fields[.location] = path
        return Response(
            status: .seeOther, headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(string: "See \(path)\n")))
    }
}
