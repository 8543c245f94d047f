package import PawlCore

/// `owner/name` of a remote's address: `git@github.com:acme/app.git`,
/// `https://github.com/acme/app`. What else stands in it, perhaps a password, is not kept.
package func repository(ofRemote address: String) -> CodeRepository? {
    var text = address.trimmed
    if let scheme = text.firstRange(of: "://") {
        guard ["https", "http", "ssh", "git"].contains(String(text[..<scheme.lowerBound])) else {
            return nil
        }
        let rest = text[scheme.upperBound...]
        guard let slash = rest.firstIndex(of: "/") else { return nil }
        text = rest[rest.index(after: slash)...]
    } else {
        // The short form of ssh has a colon before the first slash.
        guard let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/") else {
            return nil
        }
        text = text[text.index(after: colon)...]
    }
    while text.first == "/" { text = text.dropFirst() }
    while text.last == "/" { text = text.dropLast() }
    if text.hasSuffix(".git") { text = text.dropLast(4) }
    return try? CodeRepository(text)
}
