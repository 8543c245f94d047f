import PawlCore

/// Checks an address that messages are sent to. It may hold a token, so no complaint shows it.
enum Address {
    /// What is wrong with it; `nil` if nothing is.
    static func problem(in text: String) -> Wording? {
        let form = "Write it like `\(WebhookKeys.webhook.example)`."
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return Wording("the address has a space or a character that is not ASCII", advice: form)
        }
        let isSecure = text.hasPrefix("https://")
        guard isSecure || text.hasPrefix("http://") else {
            return Wording("the address does not begin with https://", advice: form)
        }
        let rest = text.dropFirst(isSecure ? "https://".count : "http://".count)
        let authority = rest.prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else {
            return Wording(
                "the address has a user or password in it",
                advice: "Remove it; use `secret:` to sign the body.")
        }
        guard let host = try? RegistryHost(authority) else {
            return Wording("the address has no usable host", advice: form)
        }
        guard isSecure || host.isLoopback else {
            return Wording(
                "plain http is for this machine only", advice: "Use https.")
        }
        return nil
    }
}
