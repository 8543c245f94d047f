/// One key of the file. The table of keys (`Keys…`) is what the reader and the JSON schema both
/// use.
struct Key: Hashable, Sendable {
    let name: String
    let type: ValueType
    /// One or more sentences.
    let meaning: String
    let isRequired: Bool
    /// The value that its absence means, as it would be written.
    let byDefault: String?
    /// A line that shows how it is written, for the advice of a complaint.
    let example: String

    init(
        _ name: String, _ type: ValueType, _ meaning: String, isRequired: Bool = false,
        byDefault: String? = nil, example: String
    ) {
        self.name = name
        self.type = type
        self.meaning = meaning
        self.isRequired = isRequired
        self.byDefault = byDefault
        self.example = example
    }
}

/// A mapping with known keys.
struct Section: Hashable, Sendable {
    /// What a complaint calls it: "a channel", "a workflow gate".
    let name: String
    let keys: [Key]
}

/// What may stand after a key.
indirect enum ValueType: Hashable, Sendable {
    /// Exactly this word.
    case constant(String)
    /// Text; the pattern (of ECMA-262) is for editors, the reader's own checks are stricter.
    case text(pattern: String?)
    case word([String])
    /// `true` or `false`.
    case flag
    case duration
    /// Text in which `${NAME}` is replaced, never to be shown.
    case secret
    /// An address in which `${NAME}` is replaced; it may hold a token, so it is never shown either.
    case address
    case list(of: ValueType)
    /// Own names with a value each.
    case named(pattern: String?, ValueType)
    case section(Section)
    case either([ValueType])

    /// Whether `${NAME}` is replaced.
    var takesVariables: Bool { self == .secret || self == .address }
}
