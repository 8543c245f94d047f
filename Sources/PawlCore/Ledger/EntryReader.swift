// The written form read back. Strict: what this version would not have written is no entry, so that
// a damaged or foreign line is never mistaken for a channel without one.

extension Entry {
    /// Why a line is not an entry that can be used.
    package enum Malformed: Error, Hashable, Sendable, CustomStringConvertible {
        /// Not a JSON document.
        case syntax
        /// Written by a version of Pawl that this one does not know.
        case version(Int)
        /// A field that is missing or has the wrong form.
        case field(String)
        /// Right in its fields, and not written as this version writes them.
        case form

        /// A clause for a sentence.
        package var description: String {
            switch self {
            case .syntax: "it is not an entry of a ledger"
            case .version(let version): "it has the form \(version), which a newer Pawl writes"
            case .form: "it is not written as Pawl writes it"
            case .field(let name): "its field \(name) is missing or not what an entry has there"
            }
        }
    }

    /// Reads one line.
    package init(text: some StringProtocol) throws(Malformed) {
        guard let json = try? JSONValue(parsing: Array(text.utf8)), json["pawl"] != nil else {
            throw .syntax
        }
        let fields = Fields(json)
        let version: Int = try fields.read("pawl", \.integer)
        guard version == Self.version else { throw .version(version) }
        self.init(
            id: try fields.read("id", \.string), number: try fields.read("n", \.integer),
            at: try fields.read("at", Self.instant), actor: try fields.read("by", \.string),
            reason: try fields.optional("reason", \.string),
            previous: try fields.optional("previous", \.string),
            key: try Self.key(fields), event: try Self.event(fields.read("event", { $0 })),
            state: try Self.state(fields.read("state", { $0 })))
        guard self.text == text, isPlausible else { throw .form }
    }

    /// Places and ids that Pawl could have made: they are counted with, and sent to hooks.
    private var isPlausible: Bool {
        let places = state.plans.map(\.entry)
        return (1...Self.numberMax).contains(number) && (number == 1) == (previous == nil)
            && id.utf8.count == 32 && id.utf8.allSatisfy(isLowercaseHex)
            && places.allSatisfy((1...number).contains)
            && zip(places, places.dropFirst()).allSatisfy { $0 < $1 }
    }

    /// Own choice: no ledger gets there, and sums of two such numbers are numbers still.
    private static let numberMax = 1 << 53

    private static func key(_ fields: Fields) throws(Malformed) -> ChannelKey {
        ChannelKey(
            host: try fields.read("host", \.string),
            repository: try fields.read("repository") { json in
                json.string.flatMap { try? CodeRepository($0) }
            },
            channel: try fields.read("channel") { json in
                json.string.flatMap { try? Channel.Name($0) }
            })
    }

    private static func event(_ json: JSONValue) throws(Malformed) -> Event {
        let fields = Fields(json)
        let word: String = try fields.read("kind", \.string)
        if let kind = Movement.Kind(rawValue: word) {
            return .move(
                try movement(kind, fields), rolledBack: try fields.read("rolled_back", commits))
        }
        switch word {
        case "hold": return .hold
        case "resume":
            return .resume(
                floor: try fields.read("floor", commit),
                released: try fields.read("released", commits))
        case "quarantine": return .quarantine(try fields.read("commit", commit))
        case "followed": return .followed(try fields.read("plan", \.integer))
        case "announcing":
            return .announcing(
                try fields.read("plan", \.integer), hook: try fields.read("hook", \.string))
        case "announced":
            return .announced(
                try fields.read("plan", \.integer), hook: try fields.read("hook", \.string),
                try fields.read("outcome", outcome))
        default: throw .field("kind")
        }
    }

    private static func movement(
        _ kind: Movement.Kind, _ fields: Fields
    ) throws(Malformed) -> Movement {
        Movement(
            kind: kind, commit: try fields.read("commit", commit),
            previous: try fields.optional("previous", commit),
            images: try fields.list("images") { fields throws(Malformed) in
                Movement.Image(
                    target: try fields.read("image", image),
                    digest: try fields.read("digest", digest),
                    before: try fields.optional("before", digest))
            },
            evidence: try fields.read("evidence", texts),
            isOverride: try fields.read("override", \.bool))
    }

    private static func state(_ json: JSONValue) throws(Malformed) -> ChannelState {
        let fields = Fields(json)
        return ChannelState(
            plans: try fields.list("plans", plan),
            isFollowed: try fields.read("followed", \.bool),
            hold: try hold(fields),
            floor: try fields.optional("floor", commit),
            quarantined: try fields.read("quarantined", commits),
            rolledBack: try fields.read("rolled_back", commits),
            announcements: try fields.list("announcements") { fields throws(Malformed) in
                ChannelState.Announcement(
                    hook: try fields.read("hook", \.string),
                    began: try fields.read("began", instant),
                    outcome: try fields.optional("outcome", outcome))
            },
            gaveWay: try gaveWay(fields))
    }

    private static func gaveWay(
        _ fields: Fields
    ) throws(Malformed) -> ChannelState.GaveWay? {
        guard let json = try fields.optional("gave_way", { $0 }) else { return nil }
        let fields = Fields(json)
        return ChannelState.GaveWay(
            commit: try fields.read("commit", commit), since: try fields.read("since", instant))
    }

    private static func plan(
        _ fields: Fields
    ) throws(Malformed) -> ChannelState.RecordedPlan {
        ChannelState.RecordedPlan(
            entry: try fields.read("entry", \.integer),
            kind: try fields.read("kind") { json in
                json.string.flatMap(Movement.Kind.init(rawValue:))
            },
            commit: try fields.read("commit", commit),
            images: try fields.list("images") { fields throws(Malformed) in
                ChannelState.RecordedPlan.Image(
                    target: try fields.read("image", image),
                    digest: try fields.read("digest", digest))
            })
    }

    private static func hold(_ fields: Fields) throws(Malformed) -> ChannelState.Hold? {
        guard let json = try fields.optional("hold", { $0 }) else { return nil }
        let fields = Fields(json)
        return ChannelState.Hold(
            actor: try fields.read("by", \.string), since: try fields.read("since", instant),
            reason: try fields.optional("reason", \.string))
    }

    private static func outcome(_ json: JSONValue) -> Outcome? {
        if let answer = json["delivered"]?.string { return .delivered(answer) }
        return (json["failed"]?.string).map { .failed($0) }
    }

    private static func instant(_ json: JSONValue) -> Instant? {
        json.string.flatMap { Instant(timestamp: $0) }
    }
    private static func commit(_ json: JSONValue) -> CommitID? {
        json.string.flatMap { try? CommitID($0) }
    }
    private static func commits(_ json: JSONValue) -> [CommitID]? { all(json, commit) }
    private static func digest(_ json: JSONValue) -> Digest? {
        json.string.flatMap { try? Digest($0) }
    }
    private static func image(_ json: JSONValue) -> ImageReference? {
        json.string.flatMap { try? ImageReference($0, defaultTag: nil) }
    }
    private static func texts(_ json: JSONValue) -> [String]? { all(json, \.string) }

    private static func all<Value>(
        _ json: JSONValue, _ read: (JSONValue) -> Value?
    ) -> [Value]? {
        guard let array = json.array else { return nil }
        let values = array.compactMap(read)
        return values.count == array.count ? values : nil
    }
}

/// The fields of one object, read by name.
private struct Fields {
    let json: JSONValue

    init(_ json: JSONValue) { self.json = json }

    func read<Value>(
        _ name: String, _ value: (JSONValue) -> Value?
    ) throws(Entry.Malformed) -> Value {
        guard let field = json[name], let value = value(field) else { throw .field(name) }
        return value
    }

    /// `null` is the only way to say nothing; a field that is not there is damage.
    func optional<Value>(
        _ name: String, _ value: (JSONValue) -> Value?
    ) throws(Entry.Malformed) -> Value? {
        guard let field = json[name] else { throw .field(name) }
        if field == .null { return nil }
        guard let value = value(field) else { throw .field(name) }
        return value
    }

    func list<Value>(
        _ name: String, _ value: (Fields) throws(Entry.Malformed) -> Value
    ) throws(Entry.Malformed) -> [Value] {
        var values: [Value] = []
        for element in try read(name, \.array) { values.append(try value(Fields(element))) }
        return values
    }
}
