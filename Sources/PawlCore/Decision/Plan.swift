/// The digest that each target tag of the group shall have. Only `decide` and
/// the ledger's entries make one, and the code that writes tags takes nothing else: moving a tag
/// past the rules does not compile.
package struct Plan: Hashable, Sendable {
    /// One tag of the plan.
    package struct Move: Hashable, Sendable {
        /// Which image.
        package let image: Channel.Image
        /// The tag that shall have the digest.
        package let tag: Tag
        /// The digest that the source had when it was judged.
        package let digest: Digest
        /// The digest that the target had when it was judged; `nil` if the tag was not there.
        package let before: Digest?

        /// Where the tag is.
        package var target: ImageReference { ImageReference(image.target, tag) }
        /// Whether there is anything to write.
        package var isNeeded: Bool { digest != before }
    }

    /// One for each image of the channel, in its order.
    package let moves: [Move]

    init(moves: [Move]) { self.moves = moves }

    /// What a recorded plan asks of the tags that a policy still names. `seen` is what each target
    /// was found at.
    package init(
        following recorded: ChannelState.RecordedPlan, images: [Facts.ImageFacts], tag: Tag
    ) {
        moves = images.compactMap { image in
            let target = ImageReference(image.image.target, tag)
            return recorded.digest(of: target).map { digest in
                Move(image: image.image, tag: tag, digest: digest, before: image.target.value)
            }
        }
    }
}
