import PawlCore

/// Keys of `forward:`.
enum ForwardKeys {
    static let label = Key(
        "label", .text(pattern: nil), "The annotation or label that names an image's commit.",
        byDefault: ForwardRules().label, example: "label: org.opencontainers.image.revision")
    static let unlabelled = Key(
        "unlabelled", .word(ForwardRules.Unlabelled.allCases.map(\.rawValue)),
        "What a live image that names no commit means. accept: it is overwritten.",
        byDefault: ForwardRules().unlabelled.rawValue, example: "unlabelled: reject")
    static let behind = Key(
        "behind", .word(ForwardRules.Behind.allCases.map(\.rawValue)),
        "What a commit older than the live one means. settle: nothing is wrong, for busy branches.",
        byDefault: ForwardRules().behind.rawValue, example: "behind: settle")
    static let movedByOthers = Key(
        "moved-by-others", .word(ForwardRules.MovedByOthers.allCases.map(\.rawValue)),
        "What happens to a tag that somebody else moved; told with a ledger only.",
        byDefault: ForwardRules().movedByOthers.rawValue, example: "moved-by-others: hold")

    static let section = Section(
        name: "forward", keys: [label, unlabelled, behind, movedByOthers])
}

/// Keys of a hook that starts a workflow.
enum DispatchKeys {
    static let dispatch = Key(
        "dispatch", .text(pattern: "\\.ya?ml$"), "A workflow to start on the branch, by file name.",
        isRequired: true, example: "dispatch: redeploy.yml")
    static let inputs = Key(
        "inputs", .named(pattern: nil, .text(pattern: nil)),
        "Its inputs, by name, at most 25. They may use {sha}, {short_sha}, {tag}, {entry} and "
            + "{digest:IMAGE}; IMAGE is one of the channel's images.",
        example: "inputs: {target_tag: \"{tag}\"}")

    static let section = Section(name: "a dispatch hook", keys: [dispatch, inputs])
}

/// Keys of a hook that sends a message.
enum WebhookKeys {
    static let webhook = Key(
        "webhook", .address, "The address that is told; https, or http on this machine.",
        isRequired: true, example: "webhook: https://chat.acme.example/hook")
    static let secret = Key(
        "secret", .secret,
        "Signs the body as GitHub does (X-Hub-Signature-256). Always from the environment.",
        example: "secret: ${WEBHOOK_SECRET}")

    static let section = Section(name: "a webhook hook", keys: [webhook, secret])
}

/// Keys of one registry.
enum RegistryKeys {
    static let insecure = Key(
        "insecure", .flag, "Plain HTTP although the registry is not this machine.",
        byDefault: "false", example: "insecure: true")
    static let auth = Key(
        "auth", .text(pattern: nil),
        "The one other host whose token service may be given this registry's credentials.",
        example: "auth: auth.internal")

    static let section = Section(name: "a registry", keys: [insecure, auth])
}
