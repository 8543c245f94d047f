/// How the tags of a group stand to the ledger. Told before anything is followed: a tag that the
/// ledger does not know was moved by somebody else, or was read too early.
package enum Standing: Hashable, Sendable {
    /// Every present tag has the digest of the plan in force, and that is recorded.
    case followed
    /// The plan in force was not seen to be followed to its end, and no tag is strange.
    case unfinished
    /// These tags have digests that no plan since the last followed one gave them.
    case strange([Strange])
    /// These could not be read.
    case unreadable(ImageReference, PortFailure)

    /// One tag that somebody else moved, as far as one look can tell.
    package struct Strange: Hashable, Sendable {
        /// The tag.
        package let target: ImageReference
        /// What it is at.
        package let digest: Digest
        /// What the ledger says.
        package let planned: Digest
    }
}

/// Tags that the plan in force names and that are not there: somebody deleted them. They join with
/// the next promotion, so that no run waits for a person because of one.
package func deleted(
    of images: [Facts.ImageFacts], at tag: Tag, under state: ChannelState
) -> [ImageReference] {
    images.filter { $0.target == .absent }
        .map { ImageReference($0.image.target, tag) }
        .filter { state.plan?.digest(of: $0) != nil }
}

/// Tells how the tags stand to the state. A tag that the plan does not name, or that is not there,
/// joins with the next promotion and says nothing.
package func standing(
    of images: [Facts.ImageFacts], at tag: Tag, under state: ChannelState
) -> Standing {
    guard let plan = state.plan else { return .followed }
    var strange: [Standing.Strange] = []
    var isUnfinished = !state.isFollowed
    for image in images {
        let target = ImageReference(image.image.target, tag)
        guard let planned = plan.digest(of: target) else { continue }
        switch image.target {
        case .unreadable(let failure): return .unreadable(target, failure)
        case .absent: continue
        case .seen(planned): continue
        case .seen(let digest):
            if state.plans.contains(where: { $0.digest(of: target) == digest }) {
                isUnfinished = true
            } else {
                strange.append(
                    Standing.Strange(target: target, digest: digest, planned: planned))
            }
        }
    }
    guard strange.isEmpty else { return .strange(strange) }
    return isUnfinished ? .unfinished : .followed
}
