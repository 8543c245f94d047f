import HTTPTypes
import Hummingbird

extension Request {
    /// Whether a form was sent from one of our own pages. The browser says so, and no page can say
    /// it in its place: `Sec-Fetch-Site` where there is one, else `Origin`, which names the host
    /// that was asked, by its own name or by the one that a proxy was asked under.
    var isFromOurPage: Bool {
        if let site = header("sec-fetch-site") { return site == "same-origin" }
        guard let origin = headers[.origin], let colon = origin.firstRange(of: "://") else {
            return false
        }
        let authority = origin[colon.upperBound...].lowercased()
        let ours = [head.authority, header("x-forwarded-host")].compactMap { $0?.lowercased() }
        return ours.contains(authority)
    }

    /// Whether the browser's own connection is encrypted, as the proxy before us says.
    var isSecure: Bool { header("x-forwarded-proto")?.lowercased() == "https" }

    /// A header by its lower-case name.
    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}
