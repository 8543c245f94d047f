import PawlCore

/// What a webhook is sent of a move: the same headers and bytes however often it is repeated.
struct WebhookMessage {
    /// The version of the body's form. Keys may be added within one version.
    private static let schema = 1

    let headers: [(name: String, value: String)]
    let body: [UInt8]

    init(_ announcement: Announcement, signedBy secret: Secret?) {
        body = Array(Self.json(announcement).text.utf8)
        var headers = [
            (name: "Content-Type", value: "application/json"),
            (name: "X-Pawl-Event", value: announcement.movement.kind.rawValue),
            (name: "X-Pawl-Delivery", value: announcement.entry),
        ]
        if let secret {
            headers.append(
                (
                    name: "X-Hub-Signature-256",
                    value: WebhookSignature.value(of: body, under: secret)
                ))
        }
        self.headers = headers
    }

    private static func json(_ announcement: Announcement) -> JSONValue {
        let key = announcement.key
        let movement = announcement.movement
        let title = "\(movement.kind.rawValue) \(movement.commit.short) to \(key.channel)"
        return .object([
            "schema": .integer(schema),
            // The one key that incoming webhooks of chats show. No person's words are in it: a chat
            // may take them for its own markup.
            "text": .string("\(key.repository): \(title)"),
            "entry": .string(announcement.entry),
            "number": .integer(announcement.number),
            "kind": .string(movement.kind.rawValue),
            "host": .string(key.host),
            "repository": .string("\(key.repository)"),
            "branch": .string(announcement.branch.text),
            "channel": .string("\(key.channel)"),
            "tag": .string(announcement.tag.text),
            "sha": .string(movement.commit.hex),
            "short_sha": .string(movement.commit.short),
            "previous": .string(orNull: movement.previous?.hex),
            "images": .array(
                movement.images.map { image in
                    .object([
                        "image": .string("\(image.target.repository)"),
                        "tag": .string(orNull: image.target.tag?.text),
                        "digest": .string("\(image.digest)"),
                        "before": .string(orNull: image.before.map { "\($0)" }),
                    ])
                }),
            "actor": .string(announcement.actor),
            "reason": .string(orNull: announcement.reason),
            "at": .string(announcement.at.timestamp),
            "override": .bool(movement.isOverride),
        ])
    }
}
