package import PawlCore
import PawlTesting

/// A commit of a world, by its number there.
package typealias Slot = Int

/// What stands for what in every world: ids, tags and digests for numbers. Made once, because a
/// world of a millisecond cannot afford to spell names.
package struct Names: Sendable {
    /// Commits of a world at most: one bit of a word each.
    package static let slotsMax = 64
    /// Images of a group at most.
    package static let imagesMax = 4

    /// The bit in which the numbers of twins differ: they are of different pushes.
    static let twin = 4

    /// Source tags have all digits of a commit.
    package static let plain = Names(isShort: false)
    /// Source tags have seven digits, and each two commits share theirs.
    package static let twins = Names(isShort: true)

    private let isShort: Bool
    let commits: [CommitID]
    let repositories: [Repository]
    let from: TagPattern
    let to: Tag
    private let slots: [CommitID: Slot]
    private let places: [ImageReference: Place]
    private let digests: [Artifact: Digest]
    private let artifacts: [Digest: Artifact]

    /// Where a tag is.
    enum Place: Hashable, Sendable {
        case target(image: Int)
        case source(image: Int, shelf: Slot)
    }

    private init(isShort: Bool) {
        self.isShort = isShort
        let names = (0..<Self.slotsMax).map { slot in
            let id = CommitID.named("commit \(slot)")
            guard isShort, slot & Self.twin != 0 else { return id }
            let twin = CommitID.named("commit \(slot ^ Self.twin)")
            return wellFormed { try CommitID(twin.short + id.hex.dropFirst(7)) }
        }
        commits = names
        slots = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        let group = ["app", "worker", "web", "jobs"].map { name in
            wellFormed { try Repository("ghcr.io/acme/\(name)") }
        }
        repositories = group
        let pattern = wellFormed {
            try TagPattern(isShort ? "staging-{short_sha}" : "staging-{sha}")
        }
        from = pattern
        let latest = wellFormed { try Tag("latest") }
        to = latest
        var places: [ImageReference: Place] = [:]
        for (image, repository) in group.enumerated() {
            places[ImageReference(repository, latest)] = .target(image: image)
            for slot in names.indices {
                let tag = wellFormed { try pattern.tag(for: names[slot]) }
                let shelf = isShort ? slot & ~Self.twin : slot
                places[ImageReference(repository, tag)] = .source(image: image, shelf: shelf)
            }
        }
        self.places = places
        var digests: [Artifact: Digest] = [:]
        for image in group.indices {
            for slot in names.indices {
                for make in Artifact.Make.allCases {
                    let artifact = Artifact(image: image, slot: slot, make: make)
                    digests[artifact] = .named("\(isShort) \(image) \(artifact)")
                }
            }
        }
        self.digests = digests
        artifacts = Dictionary(uniqueKeysWithValues: digests.map { ($1, $0) })
    }

    /// Where the source tag of a commit is; twins share one.
    func shelf(of slot: Slot) -> Slot { isShort ? slot & ~Self.twin : slot }

    func slot(of commit: CommitID) -> Slot? { slots[commit] }
    func place(of image: ImageReference) -> Place? { places[image] }
    func image(in repository: Repository) -> Int? { repositories.firstIndex(of: repository) }
    func artifact(of digest: Digest) -> Artifact? { artifacts[digest] }
    /// The commit of a number.
    package func id(of slot: Slot) -> CommitID { commits[slot] }

    /// The moving tag of an image.
    package func target(_ image: Int) -> ImageReference { ImageReference(repositories[image], to) }

    /// The digest of an image.
    package func digest(of artifact: Artifact) -> Digest {
        digests[artifact] ?? .named("no artifact")
    }

    /// What an image says of itself.
    func revision(of artifact: Artifact) -> Revision {
        let own = commits[artifact.slot]
        let twin = commits[artifact.slot ^ Self.twin]
        return switch artifact.make {
        case .first, .again: .says(own.hex)
        case .short: .says(own.short)
        case .mislabelled: .says(twin.hex)
        case .unlabelled: .unlabelled
        case .mixed: .disagrees([own.hex, twin.hex])
        }
    }
}

/// The manifest of one image of one commit, as a build made it.
package struct Artifact: Hashable, Sendable, CustomStringConvertible {
    /// How it was made.
    package enum Make: String, Hashable, Sendable, CaseIterable {
        /// As it should be.
        case first
        /// Built once more: other bytes, the same label.
        case again
        /// It bears seven digits of its commit.
        case short
        /// It bears the label of another commit.
        case mislabelled
        /// It bears no label.
        case unlabelled
        /// Its platforms bear different labels.
        case mixed
    }

    /// The image's place in the group.
    package let image: Int
    /// The commit that it was built from in truth.
    package let slot: Slot
    /// How it was made.
    package let make: Make

    /// An image of a commit.
    package init(image: Int, slot: Slot, make: Make = .first) {
        self.image = image
        self.slot = slot
        self.make = make
    }

    /// `c7`, `c7 again`, `c7 unlabelled`.
    package var description: String { make == .first ? "c\(slot)" : "c\(slot) \(make.rawValue)" }
}
