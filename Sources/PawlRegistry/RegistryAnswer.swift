import PawlCore
import PawlHTTP
import PawlImages

/// What a registry's or a token service's answer says, whatever form its body has.
struct RegistryAnswer: Sendable {
    let status: Int
    /// Codes of the protocol's error body (distribution-spec, "Error Codes"), in capitals.
    let codes: [String]
    /// The messages beside them, or what else the body says.
    let message: String
    /// A page for people: a proxy, a login, maintenance.
    let isWebPage: Bool
    /// A body that is JSON and has no code of the protocol.
    let isOtherJSON: Bool
    /// No body at all.
    let isEmpty: Bool
    let isRateLimit: Bool

    /// Reads an answer. Bodies are read as JSON whatever type they claim, and survive not being it.
    init(_ response: Response) {
        status = response.status
        isRateLimit = response.status == 429 || response.isRateLimited
        let type = response.header("Content-Type").map(MediaTypes.withoutParameters) ?? ""
        let firstByte = response.body.first { !" \t\r\n".utf8.contains($0) }
        isEmpty = firstByte == nil
        isWebPage = type == "text/html" || firstByte == UInt8(ascii: "<")
        guard let document = try? JSON(response.body) else {
            codes = []
            isOtherJSON = false
            message = OutsideText.line(response.body, max: 200)
            return
        }
        let errors = (try? document.member("errors")) ?? nil
        let entries = errors?.array ?? []
        codes = entries.compactMap { ((try? $0.member("code")) ?? nil)?.string?.uppercased() }
        isOtherJSON = codes.isEmpty
        let messages = entries.compactMap { ((try? $0.member("message")) ?? nil)?.string }
        // Token services, and gateways before registries: a text, or an object with one.
        let others = ["message", "error_description", "error", "details"].compactMap { name in
            let value = (try? document.member(name)) ?? nil
            return value?.string ?? ((try? value?.member("message")) ?? nil)?.string
        }
        message = OutsideText.line((messages + others).joined(separator: "; "))
    }

    /// `403 DENIED (permission_denied: write_package)`.
    var words: String {
        var words = "\(status)"
        let code = codes.first.map { OutsideText.line($0, max: 60) } ?? ""
        if !code.isEmpty { words += " \(code)" }
        if isWebPage { words += " with a web page" }
        if !message.isEmpty, message != code { words += " (\(message))" }
        return words
    }

    /// Whether message or code has one of these words.
    func mentions(_ phrases: String...) -> Bool {
        let text = (codes.joined(separator: " ") + " " + message).lowercased()
        return phrases.contains { phrase in text.contains(phrase) }
    }
}

extension String {
    /// The standard library has it for characters only.
    fileprivate func contains(_ phrase: String) -> Bool {
        var rest = self[...]
        while let first = phrase.first, let start = rest.firstIndex(of: first) {
            if rest[start...].hasPrefix(phrase) { return true }
            rest = rest[rest.index(after: start)...]
        }
        return false
    }
}
