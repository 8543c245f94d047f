import PawlCore
import PawlYAML

/// Reads `registries:`.
enum RegistriesReader {
    /// Settings by host, as far as they could be read.
    static func read(
        _ reader: SectionReader, channels: [Channel], _ review: inout Review
    ) -> [RegistryHost: RegistrySettings] {
        var registries: [RegistryHost: RegistrySettings] = [:]
        var lines: [RegistryHost: Int] = [:]
        let images = channels.flatMap(\.images)
        for entry in reader.entries(of: PolicyKeys.registries, &review) ?? [] {
            let text = Text(value: entry.key, mark: entry.keyMark)
            let settings = settings(entry, &review)
            guard let host = text.registryHost(&review) else { continue }
            if let line = lines.updateValue(entry.keyMark.line, forKey: host) {
                review.refuse(
                    "the registry \(quoted("\(host)")) stands twice, in lines \(line) and "
                        + "\(entry.keyMark.line)",
                    at: entry.keyMark, advice: "Keep one of them.")
            }
            if !images.contains(where: { $0.target.host == host || $0.source.host == host }) {
                review.warn(
                    "no image is in the registry \(quoted("\(host)"))", at: entry.keyMark,
                    advice: "The host must be written as in the images, with its port.")
            }
            registries[host] = settings
        }
        return registries
    }

    private static func settings(
        _ entry: Node.Entry, _ review: inout Review
    ) -> RegistrySettings? {
        guard
            let reader = SectionReader(
                entry.value, as: RegistryKeys.section, at: entry.keyMark, &review)
        else { return nil }
        return RegistrySettings(
            insecure: reader.flag(RegistryKeys.insecure, &review) ?? false,
            authHost: reader.text(RegistryKeys.auth, &review)?.registryHost(&review))
    }
}

extension Text {
    /// The registry host that the text names.
    fileprivate func registryHost(_ review: inout Review) -> RegistryHost? {
        read(&review) { text throws(ImageReference.Malformed) in try RegistryHost(text) }
    }
}
