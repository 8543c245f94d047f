import PawlCore
import PawlWeb

/// What a server is told by its environment alone, so that it stands in no process list.
struct ServingSecrets {
    /// `nil`: webhooks are refused.
    let webhooks: WebhookSecrets?
    /// `nil`: no order is taken over the network.
    let admin: Secret?

    init(_ environment: [String: String]) {
        let secrets = (environment["PAWL_WEBHOOK_SECRETS"] ?? "").split(separator: ",")
            .map { text in
                Secret(
                    String(
                        text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }
                            .reversed()))
            }.filter { !$0.exposed.isEmpty }
        webhooks = secrets.isEmpty ? nil : WebhookSecrets(secrets)
        admin = Environment.value("PAWL_ADMIN_TOKEN", in: environment).map { Secret($0) }
    }
}
