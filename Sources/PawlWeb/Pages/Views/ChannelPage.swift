import PawlCore
import PawlEngine
import PawlReport
import PawlServer

/// One channel in full, as `ChannelTemplate` shows it.
struct ChannelPage {
    /// A reason with what to do about it.
    struct Why {
        let code: String
        let sentence: String
        let advice: String

        init(_ reason: Reason) {
            code = reason.code.rawValue
            sentence = reason.text
            advice = reason.advice
        }
    }

    /// One image of the group.
    struct Image {
        let target: String
        let digest: String
        let revision: String
        /// What the ledger says that it should be, where it is something else.
        let planned: String?
        let imageBadge: Badge
    }

    /// One row of the past.
    struct Row {
        let number: Int
        let when: Moment
        let what: String
        let fromTo: String
        let who: String
        let remarks: [String]
        /// Where the form for going back to it is.
        let backPath: String?
    }

    /// What a person said that limits the channel.
    struct Limit {
        let limitWord: String
        let limitText: String
    }

    let path: String
    let repository: String
    let name: String
    let branch: String
    let tag: String
    let badge: Badge
    let place: String
    let since: Moment?
    let lag: String?
    let foremost: Why?
    let others: [Why]
    let agreement: String
    let looked: Moment?
    let nextLook: Moment?
    let isAtWork: Bool
    let steps: [Step]
    let images: [Image]
    let limits: [Limit]
    let hasLedger: Bool
    let rows: [Row]
    let isCut: Bool
    let mayAct: Bool
    let forms: [OrderForm]
    let summary: String
    // A list without elements is no `false` for a section around its heading.
    let hasOthers: Bool
    let hasSteps: Bool
    let hasImages: Bool
    let hasLimits: Bool
    let hasRows: Bool

    /// `asked` is the part of the page's address after `?`: it fills a form in.
    init(_ situation: Situation, mayAct: Bool, asked: Form?, now: Instant) {
        path = situation.path
        repository = "\(situation.address.repository)"
        name = situation.address.channel.text
        branch = situation.branch.text
        tag = situation.channel.to.text
        badge = Badge(Condition(of: situation))
        place = situation.status.map { StatusReport.place($0) } ?? "not looked at yet"
        since = situation.liveSince.map { Moment($0, now: now) }
        lag = situation.status.flatMap { $0.newest == nil ? nil : StatusReport.lag($0) }
        foremost = situation.foremost.map { Why($0) }
        others = situation.otherReasons.map { Why($0) }
        agreement = Self.agreement(situation.status)
        looked = situation.lookedAt.map { Moment($0, now: now) }
        nextLook = situation.nextLookAt.map { Moment($0, now: now) }
        isAtWork = situation.isAtWork
        let newest = situation.status?.newest
        steps = situation.strip.map {
            Step($0, isNewest: $0.commit == newest, mayAct: mayAct, situation, now: now)
        }
        images = situation.status.map { Self.images($0) } ?? []
        limits = situation.status?.ledger.map { Self.limits($0) } ?? []
        hasLedger = situation.status?.ledger != nil || !situation.history.isEmpty
        rows = Self.rows(situation, mayAct: mayAct, now: now)
        isCut = situation.history.count >= Limits.entryPageMax
        self.mayAct = mayAct
        forms = mayAct ? OrderForm.all(of: situation, asked: asked) : []
        summary = situation.summary
        hasOthers = !others.isEmpty
        hasSteps = !steps.isEmpty
        hasImages = !images.isEmpty
        hasLimits = !limits.isEmpty
        hasRows = !rows.isEmpty
    }

    private static func agreement(_ status: ChannelStatus?) -> String {
        guard let status, !status.images.isEmpty else { return "" }
        let count = status.images.count
        guard count > 1 else { return "one image" }
        if status.agrees { return "all \(count) images agree" }
        return status.images.allSatisfy { $0.digest == .absent }
            ? "\(count) images, none there yet" : "the \(count) images do not agree"
    }

    private static func images(_ status: ChannelStatus) -> [Image] {
        let plan = status.ledger?.plan
        return status.images.map { image in
            let planned = plan?.digest(of: image.target)
            let digest = image.digest.value
            let isElsewhere = planned != nil && digest != nil && planned != digest
            let badge: Badge =
                switch (image.digest, image.live) {
                case (.unreadable, _), (.seen, .unreadable):
                    Badge(.triangle, "unreadable", "wait")
                case (.absent, _): Badge(.ring, "not there yet", "quiet")
                case (.seen, .absent): Badge(.triangle, "unlabelled", "wait")
                case (.seen, .seen) where isElsewhere: Badge(.diamond, "not as recorded", "bad")
                case (.seen, .seen):
                    status.agrees
                        ? Badge(.check, "agrees", "good") : Badge(.squares, "differs", "bad")
                }
            return Image(
                target: "\(image.target)",
                digest: image.digest.value.map { "\($0)" }
                    ?? image.digest.failure?.detail ?? "none",
                revision: revision(image),
                planned: isElsewhere ? planned.map { "\($0)" } : nil, imageBadge: badge)
        }
    }

    /// What could not be read is not known; that is not none.
    private static func revision(_ image: ChannelStatus.Image) -> String {
        guard image.digest.failure == nil else { return "not known" }
        return switch image.live {
        case .seen(let commit): commit.short
        case .absent: "none"
        case .unreadable: "not known"
        }
    }

    private static func limits(_ state: ChannelState) -> [Limit] {
        var limits: [Limit] = []
        if let hold = state.hold {
            limits.append(
                Limit(
                    limitWord: "Held",
                    limitText: "by \(hold.actor) since \(hold.since.timestamp)"
                        + (hold.reason.map { ": \($0)" } ?? "")))
        }
        if let floor = state.floor {
            limits.append(
                Limit(
                    limitWord: "Floor",
                    limitText: "only \(floor.short) and its descendants go by themselves"))
        }
        for (word, commits) in [
            ("Quarantined", state.quarantined), ("Rolled back", state.rolledBack),
        ] where !commits.isEmpty {
            limits.append(
                Limit(
                    limitWord: word,
                    limitText: commits.prefix(20).map(\.short).joined(separator: ", ")
                        + (commits.count > 20 ? " and \(commits.count - 20) more" : "")))
        }
        for told in state.announcements {
            if case .failed(let why) = told.outcome {
                limits.append(
                    Limit(limitWord: "Not told", limitText: "\(told.hook): \(why)"))
            }
        }
        return limits
    }

    private static func rows(_ situation: Situation, mayAct: Bool, now: Instant) -> [Row] {
        let told = situation.history.filter(HistoryReport.isTold)
        let report = HistoryReport(
            channel: situation.address.channel, rows: told,
            state: situation.history.first?.state, isWhole: false)
        let live = situation.live
        return told.map { entry in
            let commit = entry.movement?.commit
            return Row(
                number: entry.number, when: Moment(entry.at, now: now), what: report.what(entry),
                fromTo: report.place(entry.event).replacing("->", with: "→"), who: entry.actor,
                remarks: report.remarks(entry),
                backPath: mayAct && commit != live
                    ? commit.map { "\(situation.path)?rollback=\($0.hex)#rollback" } : nil)
        }
    }
}
