/// A piece of a template, in the words of Mustache's language.
indirect enum TemplatePart: Sendable {
    case text(String)
    /// `{{name}}`: a value as text, escaped. There is no other way for a value into a page.
    case value(String)
    /// `{{#name}}…{{/name}}`: once for a value or a truth, once for each element of a list.
    case section(String, [TemplatePart])
    /// `{{^name}}…{{/name}}`: when there is no value, no truth, or no element.
    case inverted(String, [TemplatePart])
    /// `{{>name}}`: another template, with the same values.
    case partial(String)
    /// `{{<name}}…{{/name}}`: another template, with these blocks for its own.
    case inheriting(String, [String: [TemplatePart]])
    /// `{{$name}}…{{/name}}`: what stands here unless the template that inherits says otherwise.
    case block(String, [TemplatePart])

    /// The other templates that it needs.
    var needs: [String] {
        switch self {
        case .text, .value: []
        case .partial(let name): [name]
        case .section(_, let parts), .inverted(_, let parts), .block(_, let parts):
            parts.flatMap(\.needs)
        case .inheriting(let name, let blocks): [name] + blocks.values.joined().flatMap(\.needs)
        }
    }
}
