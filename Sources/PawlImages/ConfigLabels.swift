/// The labels of an image's config.
package struct ConfigLabels: Sendable {
    private let labels: JSON?

    /// Reads a config's bytes.
    package init(_ bytes: [UInt8]) throws(Manifest.Malformed) {
        guard let document = try? JSON(bytes), document.object != nil else {
            throw Manifest.Malformed(detail: "it is not a JSON object")
        }
        labels = try document.part("config")?.part("Labels")
    }

    /// A label's text; `nil` if there is none of that name, or a blank one.
    package func label(_ name: String) throws(Manifest.Malformed) -> String? {
        try labels?.part(name)?.string.flatMap(unlessBlank)
    }
}

/// A name of a commit without blanks around it; nothing but blanks names none.
func unlessBlank(_ text: String) -> String? {
    let trimmed = text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()
    return trimmed.isEmpty ? nil : String(trimmed)
}
