import PawlCore

/// The file's own keys.
enum PolicyKeys {
    static let version = Key(
        "version", .constant("1"), "The version of this file's format.", isRequired: true,
        example: "version: 1")
    static let repository = Key(
        "repository", .text(pattern: "^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$"),
        "The repository at the code host, owner/name. By default that of the environment: "
            + "$GITHUB_REPOSITORY.",
        example: "repository: acme/app")
    static let host = Key(
        "host", .word(Policy.Host.allCases.map(\.rawValue)),
        "Who answers about commits and runs: github, or git for a local clone without a code host.",
        byDefault: Policy.Host.github.rawValue, example: "host: github")
    static let branch = Key(
        "branch", .text(pattern: nil), "The branch whose commits may be promoted.",
        isRequired: true, example: "branch: main")
    static let ledger = Key(
        "ledger", .address,
        "Where the log of promotions is kept: git (refs/pawl/CHANNEL in the repository), "
            + "git:REMOTE or sqlite:PATH. Without it and without --ledger there is none.",
        example: "ledger: git")
    static let channels = Key(
        "channels", .named(pattern: "^[a-z0-9][a-z0-9-]{0,62}$", .section(ChannelKeys.section)),
        "The moving tags, by the channel's name.", isRequired: true,
        example: "channels: {latest: {images: [ghcr.io/acme/app], from: \"{sha}\"}}")
    static let registries = Key(
        "registries", .named(pattern: nil, .section(RegistryKeys.section)),
        "Settings of registries, by host.", example: "registries: {localhost:5000: {}}")

    static let section = Section(
        name: "the policy",
        keys: [version, repository, host, branch, ledger, channels, registries])
}

/// Keys of one channel.
enum ChannelKeys {
    static let images = Key(
        "images", .list(of: .either([.text(pattern: nil), .section(ImageKeys.section)])),
        "The images whose tag moves together, without tag or digest.", isRequired: true,
        example: "images: [ghcr.io/acme/app]")
    static let from = Key(
        "from", .text(pattern: "\\{(sha|short_sha)\\}"),
        "How the source tag of a commit is named. {sha} stands for all digits of the commit's id, "
            + "{short_sha} for the first 7.",
        isRequired: true, example: "from: \"staging-{short_sha}\"")
    static let to = Key(
        "to", .text(pattern: "^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$"),
        "The tag that moves. By default the channel's name.", example: "to: latest")
    static let build = Key(
        "build", .text(pattern: nil),
        "The workflow whose success publishes the source tags, by path or file name. Required but "
            + "with host: git.",
        example: "build: publish-image.yml")
    static let gates = Key(
        "gates",
        .list(
            of: .either([
                .section(WorkflowGateKeys.section), .section(CheckGateKeys.section),
                .section(AgeGateKeys.section),
            ])),
        "What must be green before the tag moves.", example: "gates: [{workflow: e2e.yml}]")
    static let forward = Key(
        "forward", .section(ForwardKeys.section),
        "How a commit is compared with what is live.", example: "forward: {behind: settle}")
    static let after = Key(
        "after",
        .list(of: .either([.section(DispatchKeys.section), .section(WebhookKeys.section)])),
        "Who is told of every move, after the tags are there. Told from a ledger's entries only.",
        example: "after: [{dispatch: redeploy.yml}]")

    static let section = Section(
        name: "a channel", keys: [images, from, to, build, gates, forward, after])
}

/// Keys of an image's long form.
enum ImageKeys {
    static let image = Key(
        "image", .text(pattern: nil),
        "The repository whose tag moves, or a folder with an OCI image layout: oci:PATH.",
        isRequired: true,
        example: "image: ghcr.io/acme/app")
    static let source = Key(
        "source", .text(pattern: nil),
        "The repository that has the source tags, or a folder: oci:PATH. By default the same one; "
            + "from another, images are copied whole, with their signatures and attestations.",
        example: "source: ghcr.io/acme/app")

    static let section = Section(name: "an image", keys: [image, source])
}

/// Keys of a gate that is a workflow.
enum WorkflowGateKeys {
    static let workflow = Key(
        "workflow", .text(pattern: nil),
        "A workflow whose run for the commit must be a success, by path or file name.",
        isRequired: true, example: "workflow: e2e.yml")
    static let absent = Key(
        "absent", .word(WorkflowGate.Absent.allCases.map(\.rawValue)),
        "What no run means. proven: it passes only where a path filter provably left the commit "
            + "out.",
        byDefault: WorkflowGate.Absent.proven.rawValue, example: "absent: hold")
    static let cancelled = Key(
        "cancelled", .word(WorkflowGate.Cancelled.allCases.map(\.rawValue)),
        "What a cancelled run means.", byDefault: WorkflowGate.Cancelled.hold.rawValue,
        example: "cancelled: hold")
    static let events = Key(
        "events", .list(of: .text(pattern: "^[a-z_]+$")),
        "The events whose runs count. Not workflow_run and repository_dispatch: their runs bear "
            + "the branch tip's id whatever they tested.",
        byDefault: "[" + WorkflowGate.usualEvents.joined(separator: ", ") + "]",
        example: "events: [push]")
    static let job = Key(
        "job", .text(pattern: nil), "A job of that run that must be a success too.",
        example: "job: e2e")

    static let section = Section(
        name: "a workflow gate", keys: [workflow, absent, cancelled, events, job])
}

/// Keys of a gate that is a check run or commit status.
enum CheckGateKeys {
    static let check = Key(
        "check", .text(pattern: nil),
        "The name of a check run or commit status; the newest on the commit must be a success.",
        isRequired: true, example: "check: security/scan")
    static let app = Key(
        "app", .text(pattern: nil),
        "The slug of the app that must have reported it. Recommended: anybody who may write can "
            + "report a check of any name.",
        example: "app: github-actions")

    static let section = Section(name: "a check gate", keys: [check, app])
}

/// Keys of a gate that is a minimum age.
enum AgeGateKeys {
    static let age = Key(
        "age", .duration, "The minimum time since the build succeeded.", isRequired: true,
        example: "age: 30m")

    static let section = Section(name: "an age gate", keys: [age])
}
