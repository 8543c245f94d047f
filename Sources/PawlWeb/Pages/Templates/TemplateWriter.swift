import PawlReport

/// Puts a view's values into a template. A name means the innermost view that has it.
struct TemplateWriter {
    private let templates: [String: [TemplatePart]]
    private(set) var page = ""
    private var views: [Any]
    /// What a template that inherits has said.
    private var blocks: [String: [TemplatePart]] = [:]

    init(_ templates: [String: [TemplatePart]], view: Any) {
        self.templates = templates
        views = [view]
    }

    /// Writes a template by its name.
    mutating func write(_ name: String) { write(templates[name] ?? []) }

    private mutating func write(_ parts: [TemplatePart]) {
        for part in parts {
            switch part {
            case .text(let text): page += text
            case .value(let name): value(of: name).map { page += Escaped.html("\($0)") }
            case .section(let name, let parts): write(parts, for: value(of: name))
            case .inverted(let name, let parts):
                if !Self.holds(value(of: name)) { write(parts) }
            case .partial(let name): write(name)
            case .inheriting(let name, let blocks):
                let before = self.blocks
                self.blocks.merge(blocks) { own, _ in own }
                write(name)
                self.blocks = before
            case .block(let name, let parts): write(blocks[name] ?? parts)
            }
        }
    }

    private mutating func write(_ parts: [TemplatePart], for value: Any?) {
        guard let value, Self.holds(value) else { return }
        if value is Bool { return write(parts) }
        for element in value as? [Any] ?? [value] {
            views.append(element)
            write(parts)
            views.removeLast()
        }
    }

    private static func holds(_ value: Any?) -> Bool {
        switch value {
        case nil: false
        case let truth as Bool: truth
        case let list as [Any]: !list.isEmpty
        default: true
        }
    }

    private func value(of name: String) -> Any? {
        if name == "." { return views.last }
        for view in views.reversed() {
            let field = Mirror(reflecting: view).children.first { $0.label == name }
            if let field { return Self.unwrapped(field.value) }
        }
        return nil
    }

    private static func unwrapped(_ value: Any) -> Any? {
        let mirror = Mirror(reflecting: value)
        return mirror.displayStyle == .optional ? mirror.children.first?.value : value
    }
}
