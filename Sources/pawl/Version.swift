/// The version of the program, also in its User-Agent.
enum Version {
    static let text = "0.1.0"
    static let userAgent = "pawl/\(text)"
}
