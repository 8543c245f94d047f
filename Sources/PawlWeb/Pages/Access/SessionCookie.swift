import HTTPTypes
import Hummingbird
import PawlCore

/// The cookie that says who asks. Over an encrypted connection its name has the prefix that keeps a
/// neighbouring host from setting it (RFC 6265bis, 4.1.3).
enum SessionCookie {
    private static let name = "pawl-session"
    private static let securePrefix = "__Host-"

    /// Its value in a request; `nil` without one. Over an encrypted connection the plain name does
    /// not count.
    static func value(in request: Request, isSecure: Bool) -> String? {
        let wanted = (isSecure ? securePrefix : "") + name
        for header in request.headers[values: .cookie] {
            for part in header.split(separator: ";") {
                let halves = part.split(separator: "=", maxSplits: 1)
                guard halves.count == 2, halves[0].drop(while: { $0 == " " }) == wanted else {
                    continue
                }
                return String(halves[1])
            }
        }
        return nil
    }

    /// The header that sets it, or with no value takes it away.
    static func header(value: String?, isSecure: Bool) -> String {
        let seconds = value == nil ? 0 : Limits.sessionTime.components.seconds
        return (isSecure ? securePrefix : "") + "\(name)=\(value ?? ""); Path=/; Max-Age=\(seconds)"
            + "; HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "")
    }
}
