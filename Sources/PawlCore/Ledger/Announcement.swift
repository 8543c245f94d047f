/// What a hook is told: one entry that moved, after the tags had followed it.
package struct Announcement: Hashable, Sendable {
    /// The channel.
    package let key: ChannelKey
    /// The tag that moved.
    package let tag: Tag
    /// The branch that the channel's commits are on.
    package let branch: BranchName
    /// The entry's id: a hook that is told twice finds the same id.
    package let entry: String
    /// The entry's place.
    package let number: Int
    /// When it was decided.
    package let at: Instant
    /// By whom.
    package let actor: String
    /// Why, if it was said.
    package let reason: String?
    /// What moved, and whence.
    package let movement: Movement

    /// What an entry says to hooks; `nil` if it moves nothing.
    package init?(_ entry: Entry, tag: Tag, branch: BranchName) {
        guard let movement = entry.movement else { return nil }
        key = entry.key
        self.tag = tag
        self.branch = branch
        self.entry = entry.id
        number = entry.number
        at = entry.at
        actor = entry.actor
        reason = entry.reason
        self.movement = movement
    }

    /// Fills `{sha}`, `{short_sha}`, `{tag}`, `{entry}` and `{digest:IMAGE}` in; IMAGE is a
    /// repository as the policy names it. A placeholder that names no image of the group becomes
    /// empty. One pass: what was filled in is not looked at again.
    package func filled(_ template: String) -> String {
        var text = ""
        var rest = template[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            text += rest[..<open]
            text += value(of: rest[rest.index(after: open)..<close]) ?? String(rest[open...close])
            rest = rest[rest.index(after: close)...]
        }
        return text + rest
    }

    private func value(of placeholder: Substring) -> String? {
        switch placeholder {
        case "sha": return movement.commit.hex
        case "short_sha": return movement.commit.short
        case "tag": return tag.text
        case "entry": return entry
        default:
            guard placeholder.hasPrefix("digest:") else { return nil }
            let name = placeholder.dropFirst("digest:".count)
            let image = movement.images.first { "\($0.target.repository)" == name }
            return image.map { "\($0.digest)" } ?? ""
        }
    }
}
