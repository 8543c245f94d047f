package import PawlCore
package import PawlEngine

/// The result as one JSON document: the contract's schema 1, with the findings beside it.
package enum ResultDocument {
    /// How many requests a run cost.
    package struct Requests: Hashable, Sendable {
        /// To registries and their token hosts, every attempt counted.
        package let registry: Int
        /// To the code host, every attempt counted.
        package let host: Int

        /// Counts by where they went.
        package init(registry: Int, host: Int) {
            self.registry = registry
            self.host = host
        }
    }

    /// One receipt is an object; several are an array.
    package static func json(_ receipts: [Receipt], requests: Requests?) -> JSONValue {
        let documents = receipts.map { json($0, requests: requests) }
        return documents.count == 1 ? documents[0] : .array(documents)
    }

    /// An error that ended the run before anything was judged.
    package static func json(wrongUse text: String, advice: String?) -> JSONValue {
        document(of: Reason(.wrongUse, "", text, advice: advice))
    }

    /// A run that had no time to judge anything.
    package static func json(unfinished text: String, advice: String?) -> JSONValue {
        document(of: Reason(.unfinished, "", text, advice: advice))
    }

    /// A ledger that could not be read by a command that only reads it.
    package static func json(unreadableLedger text: String, advice: String?) -> JSONValue {
        document(of: Reason(.ledgerUnreadable, "", text, advice: advice))
    }

    private static func document(of reason: Reason) -> JSONValue {
        .object([
            "schema": .integer(1), "verdict": .string("error"), "channel": .null, "sha": .null,
            "short_sha": .null, "previous": .null, "override": .null, "dry_run": .bool(false),
            "promoted": .bool(false), "entry": .null, "reasons": .array([json(reason)]),
            "images": .array([]), "findings": .array([]), "look": .null,
            "requests": json(Requests(registry: 0, host: 0)),
        ])
    }

    private static func json(_ receipt: Receipt, requests: Requests?) -> JSONValue {
        .object([
            "schema": .integer(1),
            "verdict": .string(receipt.outcome.rawValue),
            "channel": .string(receipt.channel.text),
            "sha": .string(orNull: receipt.commit?.hex),
            "short_sha": .string(orNull: receipt.commit?.short),
            "previous": .string(orNull: receipt.previous?.hex),
            "override": receipt.override.map {
                .object(["actor": .string($0.actor), "reason": .string($0.reason)])
            } ?? .null,
            "dry_run": .bool(receipt.isDryRun),
            "promoted": .bool(receipt.promoted),
            "entry": receipt.entry.map { .integer($0) } ?? .null,
            "reasons": .array(receipt.reasons.map(json)),
            "images": .array(receipt.images.map(json)),
            "findings": .array(receipt.findings.map(json)),
            "look": receipt.look.first.map { json($0, requests: nil) } ?? .null,
            "requests": requests.map(json) ?? .null,
        ])
    }

    static func json(_ reason: Reason) -> JSONValue {
        .object([
            "code": .string(reason.code.rawValue), "subject": .string(reason.subject),
            "text": .string(reason.text), "advice": .string(reason.advice),
        ])
    }

    private static func json(_ image: Receipt.Image) -> JSONValue {
        .object([
            "image": .string("\(image.target.repository)"),
            "from": .string(orNull: image.from?.text),
            "to": .string(orNull: image.target.tag?.text),
            "digest": .string(orNull: image.digest.map { "\($0)" }),
            "before": .string(orNull: image.before.map { "\($0)" }),
            "moved": .bool(image.moved),
        ])
    }

    private static func json(_ finding: Finding) -> JSONValue {
        .object([
            "rule": .string(finding.rule.rawValue), "subject": .string(finding.subject),
            "finding": .string(finding.judgement.word),
            "code": .string(orNull: finding.judgement.reason?.code.rawValue),
            "evidence": .string(finding.evidence), "link": .string(orNull: finding.link),
            "overridden": .bool(finding.isOverridden),
        ])
    }

    static func json(_ requests: Requests) -> JSONValue {
        .object(["registry": .integer(requests.registry), "host": .integer(requests.host)])
    }
}

extension Finding.Judgement {
    /// One word for a column.
    package var word: String {
        switch self {
        case .pass: "pass"
        case .warn: "warn"
        case .settle: "settled"
        case .hold: "hold"
        case .reject: "reject"
        }
    }
}
