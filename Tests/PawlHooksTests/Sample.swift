import PawlCore
import PawlTesting

/// A move to tell of: the one that the guide shows.
enum Sample {
    static let announcement = announcement()

    static func announcement(
        id: String = "8f14e45fceea167a5a36dedd4bea2543", kind: Movement.Kind = .promote,
        previous: String? = "9c0ffee000000000000000000000000000000000", reason: String? = nil,
        actor: String = "ada", isOverride: Bool = false
    ) -> Announcement {
        wellFormed {
            let images = try ["app", "worker"].enumerated().map { index, name in
                Movement.Image(
                    target: ImageReference(
                        try Repository("ghcr.io/acme/\(name)"), try Tag("latest")),
                    digest: try Digest("sha256:" + String(repeating: "\(index + 1)a", count: 32)),
                    before: index == 1
                        ? nil : try Digest("sha256:" + String(repeating: "0b", count: 32)))
            }
            let movement = Movement(
                kind: kind, commit: try CommitID("1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"),
                previous: try previous.map { try CommitID($0) }, images: images,
                isOverride: isOverride)
            let entry = Entry(
                id: id, number: 7, at: ManualClock.start, actor: actor, reason: reason,
                previous: nil,
                key: ChannelKey(
                    host: "github.com", repository: try CodeRepository("acme/app"),
                    channel: try Channel.Name("latest")),
                event: .move(movement), state: ChannelState())
            struct MovesNothing: Error {}
            guard
                let announcement = Announcement(
                    entry, tag: try Tag("latest"), branch: try BranchName("main"))
            else { throw MovesNothing() }
            return announcement
        }
    }
}
