import PawlCore
import PawlYAML

extension ImageReference.Malformed: Explained {
    func wording(of text: String) -> Wording {
        switch self {
        case .empty: Wording("an image without a name")
        case .notASCII:
            Wording("\(quoted(text)) has a space or a character that no image name has")
        case .scheme:
            Wording(
                "\(quoted(text)) begins with http:// or https://; an image has neither",
                advice: "Write host/path. For plain HTTP put `insecure: true` for that host under "
                    + "`registries:`.")
        case .host:
            Wording(
                "\(quoted(text)) has no usable host",
                advice: "A host has letters, digits, dots and hyphens, and a port if need be.")
        case .port: Wording("\(quoted(text)) has a port that is not 1 to 65535")
        case .path:
            Wording(
                "\(quoted(text)) has no usable path",
                advice: "A path has lower-case letters and digits, with single . _ - and / between "
                    + "them.")
        case .pathTooLong:
            Wording(
                "\(quoted(text)) has a path of more than \(Limits.repositoryPathCharactersMax) "
                    + "characters")
        case .folder:
            Wording(
                "\(quoted(text)) names no folder",
                advice: "Write oci:PATH, without a colon in the path.")
        case .tag:
            Wording(
                "\(quoted(text)) has a tag that is none",
                advice: "Leave it out: `from:` names the source tag and `to:` the one that moves.")
        case .digest: Wording("\(quoted(text)) has a digest that is not sha256 or sha512 in hex")
        case .looksLikeDigest:
            Wording(
                "\(quoted(text)) is 64 hex digits and so an image's id, not its name",
                advice: "Write host/path.")
        case .hasTag:
            Wording(
                "\(quoted(text)) has a tag",
                advice: "Leave it out: `from:` names the source tag and `to:` the one that moves.")
        case .hasDigest:
            Wording(
                "\(quoted(text)) has a digest",
                advice: "Leave it out: `from:` names the source tag and `to:` the one that moves.")
        }
    }
}

/// The text after `to:` is not a tag.
struct MalformedTag: Explained {
    /// What a tag is, for every complaint about one.
    static let advice =
        "A tag has 1 to \(Limits.tagCharactersMax) letters, digits, . _ and -, and begins with a "
        + "letter, digit or _."

    func wording(of text: String) -> Wording {
        Wording("\(quoted(text)) is not a tag", advice: Self.advice)
    }
}

extension TagPattern.Malformed: Explained {
    func wording(of text: String) -> Wording {
        switch self {
        case .noCommit:
            Wording(
                "\(quoted(text)) has neither {sha} nor {short_sha}: every commit would have the "
                    + "same tag",
                advice: "Write it like `\(ChannelKeys.from.example)`.")
        case .placeholder(let found):
            Wording(
                "\(quoted(text)): \(quoted(found)) is no placeholder",
                advice: "Use {sha} or {short_sha}.")
        case .tag:
            Wording(
                "\(quoted(text)) gives no tag", advice: MalformedTag.advice)
        }
    }
}

extension BranchName.Malformed: Explained {
    func wording(of text: String) -> Wording {
        Wording(
            "git knows no branch \(quoted(text))",
            advice: "Write the branch's short name, like `main` or `release/1.2`.")
    }
}

extension Channel.Name.Malformed: Explained {
    func wording(of text: String) -> Wording {
        Wording(
            "\(quoted(text)) is not a channel's name",
            advice: "Use 1 to 63 lower-case letters, digits and hyphens, a hyphen not first.")
    }
}

extension CodeRepository.Malformed: Explained {
    func wording(of text: String) -> Wording {
        Wording(
            "\(quoted(text)) is not owner/name",
            advice: "Write it like `\(PolicyKeys.repository.example)`.")
    }
}
