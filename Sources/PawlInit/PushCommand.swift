/// One command of a script, if it builds, names or pushes images.
struct PushCommand {
    /// References that it sends to a registry.
    private(set) var pushed: [String] = []
    /// References that it gives to images on this machine.
    private(set) var named: [String] = []
    private(set) var hasAllTags = false

    private let words: [String]

    /// Reads a command whose words are expanded.
    init(_ command: [String], variables: [String: String]) {
        words = command
        let program = command[0].split(separator: "/").last.map(String.init) ?? ""
        switch program {
        case "docker", "podman", "nerdctl", "buildah": readDocker(of: program)
        case "crane", "gcrane":
            switch command.dropFirst().first {
            case "push", "copy", "cp": pushLast()
            case "tag":
                if let image = plain.first, let tag = plain.last, plain.count == 2 {
                    pushed = [Publication(image).image + ":" + tag]
                }
            case "append", "index", "mutate": pushed = values(of: ["-t", "--tag", "--new_tag"])
            default: break
            }
        case "skopeo" where command.dropFirst().first == "copy": pushLast(of: "docker://")
        case "regctl", "oras": if command.contains("copy") || command.contains("cp") { pushLast() }
        case "ko": readKo(variables)
        case "executor", "kaniko": pushed = values(of: ["-d", "--destination"])
        default: break
        }
    }

    /// Arguments after the subcommand that are no options.
    private var plain: [String] { words.dropFirst(2).filter { !$0.hasPrefix("-") } }

    private mutating func pushLast(of scheme: String = "") {
        if let last = plain.last, last.hasPrefix(scheme) { pushed = [last] }
    }

    private mutating func readDocker(of program: String) {
        let command = words.dropFirst().prefix(3).joined(separator: " ")
        let tags = values(of: ["-t", "--tag"])
        if command.hasPrefix("buildx imagetools create") {
            pushed = tags
        } else if command.hasPrefix("tag ") {
            if let last = plain.last { named = [last] }
        } else if command.hasPrefix("push ") || command.hasPrefix("image push ")
            || command.hasPrefix("manifest push ")
        {
            hasAllTags = words.contains("--all-tags") || words.contains("-a")
            let references = plain.filter { $0 != "push" }
            let remote = program == "docker" ? references.first : references.last
            if let remote { pushed = [remote] }
        } else if words.contains("build") || words.contains("bud") {
            let outputs = values(of: ["-o", "--output"])
            let isPushed =
                words.contains("--push") || words.contains("--push=true")
                || outputs.contains { $0.contains("type=registry") || $0.contains("push=true") }
            if isPushed { pushed = tags } else { named = tags }
        }
    }

    /// ko names images after KO_DOCKER_REPO and the package.
    private mutating func readKo(_ variables: [String: String]) {
        guard ["build", "publish", "apply", "resolve"].contains(words.dropFirst().first ?? ""),
            let root = variables["KO_DOCKER_REPO"]
        else { return }
        let tags = values(of: ["-t", "--tags"]).flatMap { $0.split(separator: ",") }
        let isBare = words.contains("--bare")
        let hasPaths = words.contains("-B") || words.contains("--base-import-paths")
        let package = plain.last { $0.hasPrefix(".") || $0.contains("/") } ?? "."
        let folder = package.split(separator: "/").last.map(String.init) ?? ""
        let image =
            isBare
            ? root
            : hasPaths && folder != "." && !folder.isEmpty
                ? "\(root)/\(folder)" : "\(root)/\(Symbol.unknown("ko's own name"))"
        pushed = (tags.isEmpty ? ["latest"] : tags).map { "\(image):\($0)" }
    }

    /// Values of options, as the next word or after `=`.
    private func values(of options: [String]) -> [String] {
        var values: [String] = []
        for (index, word) in words.enumerated() {
            if options.contains(word), index + 1 < words.count { values.append(words[index + 1]) }
            for option in options where word.hasPrefix(option + "=") {
                values.append(String(word.dropFirst(option.count + 1)))
            }
        }
        return values
    }
}
