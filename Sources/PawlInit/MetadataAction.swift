/// What docker/metadata-action makes of its inputs (its README, "tags input").
struct MetadataAction {
    /// Without tags.
    let images: [String]
    /// Of each image, the first one first.
    let tags: [String]

    /// Reads resolved inputs.
    init(images: String, tags: String, flavor: String) {
        self.images = images.splitLines(also: ",").compactMap { line in
            let fields = Self.fields(line)
            return fields["enable"] == "false" ? nil : fields["name"] ?? line
        }
        let flavor = flavor.splitLines(also: ",").map(Self.fields)
            .reduce(into: [String: String]()) { $0.merge($1) { $1 } }
        self.tags = tags.splitLines().compactMap { Self.tag($0, flavor) }
    }

    var references: [String] { images.flatMap { image in tags.map { "\(image):\($0)" } } }

    /// `nil` for a tag that names no commit and cannot be known from the file, such as a version.
    private static func tag(_ line: String, _ flavor: [String: String]) -> String? {
        let fields = fields(line)
        guard fields["enable"] != "false" else { return nil }
        let type = fields["type"] ?? "raw"
        let prefix = fields["prefix"] ?? (type == "sha" ? "sha-" : flavor["prefix"] ?? "")
        let suffix = fields["suffix"] ?? flavor["suffix"] ?? ""
        switch type {
        case "sha":
            let commit = fields["format"] == "long" ? Symbol.sha : Symbol.shortSHA
            return prefix + commit + suffix
        case "raw":
            let value = fields["value"] ?? (line.contains("=") ? "" : line)
            return value.isEmpty ? nil : prefix + value + suffix
        default: return nil
        }
    }

    /// `key=value,key=value`; a value may be in quotes.
    private static func fields(_ line: String) -> [String: String] {
        var fields: [String: String] = [:]
        for field in line.split(separator: ",") {
            guard let equals = field.firstIndex(of: "=") else { continue }
            let value = field[field.index(after: equals)...].trimmed
            fields[String(field[..<equals].trimmed)] =
                value.count > 1 && value.first == "\"" && value.last == "\""
                ? String(value.dropFirst().dropLast()) : String(value)
        }
        return fields
    }
}

extension String {
    /// Lines, or what stands between other separators too; blanks around them and empty ones are
    /// left out. A separator does not count where a line is of `key=value`.
    func splitLines(also separator: Character? = nil) -> [String] {
        split(whereSeparator: \.isNewline).flatMap { line -> [Substring] in
            guard let separator, !line.contains("=") else { return [line] }
            return line.split(separator: separator)
        }.map { String($0.trimmed) }.filter { !$0.isEmpty }
    }
}
