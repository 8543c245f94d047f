import PawlYAML

/// A text of the file with its place.
struct Text: Hashable {
    let value: String
    let mark: Mark
}

/// One mapping of the file, read by the keys that the table gives its section.
struct SectionReader {
    private let section: Section
    private let entries: [String: Node.Entry]

    /// Complains about unknown and missing keys; `nil` if the node is no mapping at all. `place` is
    /// where a missing key is missed.
    init?(_ node: Node, as section: Section, at place: Mark, _ review: inout Review) {
        guard case .mapping(let entries) = node.content else {
            let first = section.keys.first?.example ?? ""
            review.refuse(
                "expected \(section.name) as a mapping of keys, found \(node.kind)",
                at: node.isNothing ? place : node.mark, advice: "Write keys like `\(first)`.")
            return nil
        }
        self.section = section
        let known = section.keys.map(\.name)
        var misspelt: [String] = []
        for entry in entries where !known.contains(entry.key) {
            let nearest = nearestWord(to: entry.key, among: known)
            misspelt += nearest.map { [$0] } ?? []
            review.refuse(
                "unknown key \(quoted(entry.key))"
                    + (nearest.map { "; did you mean \"\($0)\"?" } ?? " in \(section.name)"),
                at: entry.keyMark,
                advice: nearest == nil ? "Known here: \(known.joined(separator: ", "))." : nil)
        }
        self.entries = Dictionary(
            entries.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        for key in section.keys
        where key.isRequired && self.entries[key.name] == nil && !misspelt.contains(key.name) {
            review.refuse(
                key == PolicyKeys.channels ? "no channels" : "\(key.name) is missing",
                at: place, advice: "Add `\(key.example)`.")
        }
    }

    /// Whether the key stands there, with whatever value.
    func has(_ key: Key) -> Bool { entries[key.name] != nil }

    /// Where the key stands.
    func mark(of key: Key) -> Mark? { entries[key.name]?.keyMark }

    /// The value of a key that stands there with something after it.
    func node(_ key: Key, _ review: inout Review) -> Node? {
        guard let entry = entries[key.name] else { return nil }
        guard !entry.value.isNothing else {
            review.refuse(
                "\(key.name) has no value", at: entry.keyMark,
                advice: "Write it like `\(key.example)`"
                    + (key.isRequired ? "." : ", or remove the key."))
            return nil
        }
        return entry.value
    }

    /// The text of a key.
    func text(_ key: Key, _ review: inout Review) -> Text? {
        guard let node = node(key, &review) else { return nil }
        return Text(node, of: key, &review)
    }

    /// The text of a key, read into a value.
    func value<Value, Failure: Explained>(
        _ key: Key, _ review: inout Review, read: (String) throws(Failure) -> Value
    ) -> Value? {
        text(key, &review)?.read(&review, by: read)
    }

    /// One of the words of a key.
    func word<Word: RawRepresentable>(
        _ key: Key, _ review: inout Review, byDefault: Word
    ) -> Word where Word.RawValue == String {
        guard let text = text(key, &review) else { return byDefault }
        if let word = Word(rawValue: text.value) { return word }
        guard case .word(let known) = key.type else { return byDefault }
        let nearest = nearestWord(to: text.value, among: known)
        review.refuse(
            "\(key.name) is \(alternatives(known)), not \(quoted(text.value))"
                + (nearest.map { "; did you mean \"\($0)\"?" } ?? ""),
            at: text.mark)
        return byDefault
    }

    /// `true` or `false`; other words for them are refused, since YAML's versions disagree on them.
    func flag(_ key: Key, _ review: inout Review) -> Bool? {
        guard let text = text(key, &review) else { return nil }
        switch text.value {
        case "true": return true
        case "false": return false
        default:
            review.refuse(
                "\(key.name) is true or false, not \(quoted(text.value))", at: text.mark)
            return nil
        }
    }

    /// The items of a list with at least one; `nil` if it is anything else.
    func list(_ key: Key, _ review: inout Review) -> [Node]? {
        guard let node = node(key, &review) else { return nil }
        guard case .sequence(let items) = node.content else {
            review.refuse(
                "\(key.name): expected a list, found \(node.kind)", at: node.mark,
                advice: "Write it like `\(key.example)`.")
            return nil
        }
        guard !items.isEmpty else {
            review.refuse(
                "\(key.name) is an empty list", at: node.mark,
                advice: key.isRequired
                    ? "Write it like `\(key.example)`."
                    : "Fill it, or remove the key if none is wanted.")
            return nil
        }
        return items
    }

    /// The entries of a mapping with names of the person's own.
    func entries(of key: Key, _ review: inout Review) -> [Node.Entry]? {
        guard let node = node(key, &review) else { return nil }
        guard case .mapping(let entries) = node.content else {
            review.refuse(
                "\(key.name): expected a mapping of names, found \(node.kind)", at: node.mark,
                advice: "Write it like `\(key.example)`.")
            return nil
        }
        return entries
    }
}

extension Text {
    /// The text of a node that stands under a key. `${NAME}` is replaced where the key takes it.
    init?(_ node: Node, of key: Key, _ review: inout Review) {
        guard case .scalar(let text, _) = node.content else {
            review.refuse(
                "\(key.name): expected text, found \(node.kind)", at: node.mark,
                advice: "Write it like `\(key.example)`; put a text with braces in quotes.")
            return nil
        }
        guard !text.isEmpty else {
            review.refuse(
                "\(key.name): expected text, found nothing", at: node.mark,
                advice: "Write it like `\(key.example)`.")
            return nil
        }
        guard !text.unicodeScalars.contains(where: isInvisible) else {
            review.refuse(
                "\(key.name) has an invisible character", at: node.mark,
                advice: "Remove line breaks, control characters and direction marks.")
            return nil
        }
        if key.type.takesVariables {
            guard let replaced = Variables.replaced(in: text, at: node.mark, &review) else {
                return nil
            }
            self.init(value: replaced, mark: node.mark)
        } else {
            guard !text.contains("${") else {
                review.refuse(
                    "\(key.name): ${NAME} is replaced only in secrets and addresses",
                    at: node.mark, advice: "Write the value out.")
                return nil
            }
            self.init(value: text, mark: node.mark)
        }
    }

    /// Reads the text into a value, or says why it is none.
    func read<Value, Failure: Explained>(
        _ review: inout Review, by read: (String) throws(Failure) -> Value
    ) -> Value? {
        do throws(Failure) {
            return try read(value)
        } catch {
            let wording = error.wording(of: value)
            review.refuse(wording.what, at: mark, advice: wording.advice)
            return nil
        }
    }
}
