// The written form of an entry: one line of JSON, always the same for the same entry. Its bytes are
// what the next entry's hash is about, so nothing in it may be optional to write.

extension Entry {
    /// The version of the written form.
    static let version = 1

    /// One line, without a line break.
    package var text: String {
        JSONValue.object([
            "pawl": .integer(Self.version),
            "n": .integer(number),
            "id": .string(id),
            "at": .string(at.timestamp),
            "by": .string(actor),
            "reason": .string(orNull: reason),
            "previous": .string(orNull: previous),
            "host": .string(key.host),
            "repository": .string("\(key.repository)"),
            "channel": .string("\(key.channel)"),
            "event": event.json,
            "state": state.json,
        ]).text
    }
}

extension Entry.Event {
    /// The word of the event in the written form.
    package var word: String {
        switch self {
        case .move(let movement, _): movement.kind.rawValue
        case .hold: "hold"
        case .resume: "resume"
        case .quarantine: "quarantine"
        case .followed: "followed"
        case .announcing: "announcing"
        case .announced: "announced"
        }
    }

    fileprivate var json: JSONValue {
        switch self {
        case .move(let movement, let rolledBack): movement.json(word: word, rolledBack)
        case .hold: .object(["kind": .string(word)])
        case .resume(let floor, let released):
            .object([
                "kind": .string(word), "floor": .string(floor.hex), "released": commits(released),
            ])
        case .quarantine(let commit):
            .object(["kind": .string(word), "commit": .string(commit.hex)])
        case .followed(let plan): .object(["kind": .string(word), "plan": .integer(plan)])
        case .announcing(let plan, let hook):
            .object(["kind": .string(word), "plan": .integer(plan), "hook": .string(hook)])
        case .announced(let plan, let hook, let outcome):
            .object([
                "kind": .string(word), "plan": .integer(plan), "hook": .string(hook),
                "outcome": outcome.json,
            ])
        }
    }
}

extension Movement {
    fileprivate func json(word: String, _ rolledBack: [CommitID]) -> JSONValue {
        .object([
            "kind": .string(word),
            "commit": .string(commit.hex),
            "previous": .string(orNull: previous?.hex),
            "override": .bool(isOverride),
            "images": .array(
                images.map { image in
                    .object([
                        "image": .string("\(image.target)"), "digest": .string("\(image.digest)"),
                        "before": .string(orNull: image.before.map { "\($0)" }),
                    ])
                }),
            "evidence": .array(evidence.map { .string($0) }),
            "rolled_back": commits(rolledBack),
        ])
    }
}

extension Entry.Outcome {
    fileprivate var json: JSONValue {
        switch self {
        case .delivered(let answer): .object(["delivered": .string(answer)])
        case .failed(let why): .object(["failed": .string(why)])
        }
    }
}

extension ChannelState {
    fileprivate var json: JSONValue {
        .object([
            "plans": .array(plans.map(\.json)),
            "followed": .bool(isFollowed),
            "hold": hold.map { hold in
                .object([
                    "by": .string(hold.actor), "since": .string(hold.since.timestamp),
                    "reason": .string(orNull: hold.reason),
                ])
            } ?? .null,
            "floor": .string(orNull: floor?.hex),
            "quarantined": commits(quarantined),
            "rolled_back": commits(rolledBack),
            "announcements": .array(
                announcements.map { announcement in
                    .object([
                        "hook": .string(announcement.hook),
                        "began": .string(announcement.began.timestamp),
                        "outcome": announcement.outcome?.json ?? .null,
                    ])
                }),
            "gave_way": gaveWay.map { gaveWay in
                .object([
                    "commit": .string(gaveWay.commit.hex),
                    "since": .string(gaveWay.since.timestamp),
                ])
            } ?? .null,
        ])
    }
}

extension ChannelState.RecordedPlan {
    fileprivate var json: JSONValue {
        .object([
            "entry": .integer(entry), "kind": .string(kind.rawValue),
            "commit": .string(commit.hex),
            "images": .array(
                images.map {
                    .object(["image": .string("\($0.target)"), "digest": .string("\($0.digest)")])
                }),
        ])
    }
}

private func commits(_ commits: [CommitID]) -> JSONValue { .array(commits.map { .string($0.hex) }) }
