import PawlCore
import PawlYAML

/// Reads `images:`.
enum ImagesReader {
    /// The images that could be read, each with its place.
    static func read(
        _ reader: SectionReader, _ review: inout Review
    ) -> [(image: Channel.Image, mark: Mark)] {
        var images: [(image: Channel.Image, mark: Mark)] = []
        var lines: [Repository: Int] = [:]
        for node in reader.list(ChannelKeys.images, &review) ?? [] {
            guard let image = image(node, &review) else { continue }
            if let line = lines.updateValue(node.mark.line, forKey: image.target) {
                review.refuse(
                    "the image \(quoted("\(image.target)")) stands twice, in lines \(line) and "
                        + "\(node.mark.line)",
                    at: node.mark, advice: "Keep one of them.")
            } else {
                images.append((image, node.mark))
            }
        }
        return images
    }

    private static func image(_ node: Node, _ review: inout Review) -> Channel.Image? {
        guard case .mapping = node.content else {
            let target = Text(node, of: ChannelKeys.images, &review)?.repository(&review)
            return target.map { Channel.Image(target: $0, source: $0) }
        }
        guard
            let reader = SectionReader(node, as: ImageKeys.section, at: node.mark, &review),
            let target = reader.text(ImageKeys.image, &review)?.repository(&review)
        else { return nil }
        guard reader.has(ImageKeys.source) else {
            return Channel.Image(target: target, source: target)
        }
        let source = reader.text(ImageKeys.source, &review)?.repository(&review)
        return source.map { Channel.Image(target: target, source: $0) }
    }
}

extension Text {
    /// The repository that the text names.
    func repository(_ review: inout Review) -> Repository? {
        read(&review) { text throws(ImageReference.Malformed) in try Repository(text) }
    }
}
