import PawlCore
import PawlEngine
import PawlServer
import PawlTesting

/// Situations as a server meets them, made by hand: one for each state that a page shows.
enum PageSituations {
    static let now = ManualClock.start
    static let live = CommitID.named("live")
    static let newest = CommitID.named("newest")
    static let between = CommitID.named("between")

    static func address(_ text: String) -> ChannelAddress {
        let parts = text.split(separator: "/").map(String.init)
        return wellFormed {
            ChannelAddress(
                try CodeRepository("\(parts[0])/\(parts[1])"), try Channel.Name(parts[2]))
        }
    }

    static func ago(_ duration: Duration) -> Instant { now.earlier(by: duration) }

    static func blank(_ text: String, images: [String] = ["app", "worker"]) -> Situation {
        let address = address(text)
        let channel = wellFormed {
            Channel(
                name: address.channel,
                images: try images.map {
                    let repository = try Repository("ghcr.io/acme/\($0)")
                    return Channel.Image(target: repository, source: repository)
                },
                from: try TagPattern("staging-{short_sha}"), to: try Tag("latest"),
                build: WorkflowName("publish-image.yml"),
                gates: [.workflow(WorkflowGate(workflow: WorkflowName("e2e.yml")))])
        }
        return Situation(
            address: address, branch: wellFormed { try BranchName("main") }, channel: channel)
    }

    static func image(
        _ situation: Situation, _ index: Int, _ live: Fact<CommitID>, digest: Fact<Digest>? = nil
    ) -> ChannelStatus.Image {
        let target = ImageReference(situation.channel.images[index].target, situation.channel.to)
        let seen: Fact<Digest> =
            switch live {
            case .seen(let commit): .seen(.named("\(target)@\(commit)"))
            case .absent: .absent
            case .unreadable(let failure): .unreadable(failure)
            }
        return ChannelStatus.Image(target: target, digest: digest ?? seen, live: live)
    }

    static func entry(
        _ number: Int, _ event: Entry.Event, _ age: Duration, by actor: String = "pawl",
        reason: String? = nil, state: ChannelState = ChannelState(), of situation: Situation
    ) -> Entry {
        Entry(
            id: String(repeating: "a", count: 32), number: number, at: ago(age), actor: actor,
            reason: reason, previous: nil,
            key: ChannelKey(
                host: "github.com", repository: situation.address.repository,
                channel: situation.address.channel),
            event: event, state: state)
    }

    static func moved(
        _ kind: Movement.Kind, to commit: CommitID, from previous: CommitID?
    ) -> Entry.Event {
        .move(Movement(kind: kind, commit: commit, previous: previous, images: []))
    }

    static func settled(_ address: String) -> Situation {
        var situation = blank(address)
        var status = ChannelStatus(
            channel: situation.address.channel,
            images: [0, 1].map { image(situation, $0, .seen(live)) })
        status.commitsBehind = 0
        situation.status = status
        situation.lookedAt = ago(.seconds(40))
        situation.nextLookAt = now + .seconds(20)
        situation.strip = [
            Situation.Step(
                commit: live, committedAt: ago(.seconds(9000)), isLive: true, judged: nil)
        ]
        situation.history = [
            entry(3, .followed(2), .seconds(7190), of: situation),
            entry(2, moved(.promote, to: live, from: between), .seconds(7200), of: situation),
            entry(
                1, moved(.adopt, to: between, from: nil), .seconds(400_000), by: "ada",
                reason: "the tags as they were found", of: situation),
        ]
        return situation
    }

    /// Behind, with the newest commit judged so.
    static func behind(
        _ address: String, _ outcome: Receipt.Outcome, _ reason: Reason, findings: [Finding] = []
    ) -> Situation {
        var situation = settled(address)
        var judged = Receipt(
            channel: situation.address.channel, commit: newest, outcome: outcome,
            reasons: [reason])
        judged.findings = findings
        situation.status?.newest = newest
        situation.status?.commitsBehind = 2
        situation.status?.behindFor = .seconds(11_100)
        situation.status?.reasons = [reason]
        situation.strip =
            [
                Situation.Step(
                    commit: newest, committedAt: ago(.seconds(900)), isLive: false,
                    judged: judged),
                Situation.Step(
                    commit: between, committedAt: ago(.seconds(4000)), isLive: false, judged: nil),
            ] + situation.strip
        return situation
    }

    static func waiting(_ address: String) -> Situation {
        let reason = Reason(
            .gateRunning, "e2e.yml",
            "e2e.yml is in progress for \(newest.short) (run 7, attempt 1).")
        return behind(
            address, .hold, reason,
            findings: [
                Finding(.branch, newest.short, .pass, evidence: "It is an ancestor of main's tip."),
                Finding(
                    .sources, "ghcr.io/acme/app", .pass,
                    evidence: "staging-\(newest.short) is there and was built from it."),
                Finding(
                    .build, "publish-image.yml", .pass,
                    evidence: "publish-image.yml was a success.",
                    link: "https://github.com/acme/app/actions/runs/6"),
                Finding(
                    .gate, "e2e.yml", .hold(reason), evidence: reason.text,
                    link: "https://github.com/acme/app/actions/runs/7"),
                Finding(.forward, "ghcr.io/acme/app", .pass, evidence: "It is ahead of live."),
            ])
    }

    static func stopped(_ address: String) -> Situation {
        let reason = Reason(
            .gateFailed, "e2e.yml", "e2e.yml failed for \(newest.short) (run 8, attempt 2).")
        return behind(
            address, .reject, reason,
            findings: [
                Finding(.gate, "e2e.yml", .reject(reason), evidence: reason.text),
                Finding(
                    .forward, "ghcr.io/acme/app",
                    .warn(Reason(.unlabelled, "x", "It bears no revision.")),
                    evidence: "It bears no revision."),
            ])
    }

    static func held(_ address: String) -> Situation {
        var situation = waiting(address)
        let hold = ChannelState.Hold(
            actor: "ada (page)", since: ago(.seconds(3600)), reason: "payments are down")
        let target = ImageReference(situation.channel.images[0].target, situation.channel.to)
        let state = ChannelState(
            plans: [
                ChannelState.RecordedPlan(
                    entry: 2, kind: .rollback, commit: live,
                    images: [.init(target: target, digest: .named("recorded"))])
            ], hold: hold, floor: live, quarantined: [between], rolledBack: [newest])
        situation.status?.ledger = state
        situation.status?.reasons.insert(
            Reason(.held, "latest", "ada (page) holds latest: payments are down."), at: 0)
        situation.history.insert(
            entry(
                4, moved(.rollback, to: live, from: newest), .seconds(3600), by: "ada (page)",
                reason: "payments are down", state: state, of: situation), at: 0)
        return situation
    }

    static func split(_ address: String) -> Situation {
        var situation = settled(address)
        let images = [image(situation, 0, .seen(live)), image(situation, 1, .seen(between))]
        situation.status = ChannelStatus(channel: situation.address.channel, images: images)
        return situation
    }

    static func movedByOthers(_ address: String) -> Situation {
        var situation = settled(address)
        situation.status?.reasons = [
            Reason(
                .movedByOthers, "ghcr.io/acme/app:latest",
                "ghcr.io/acme/app:latest is where neither Pawl nor its ledger put it.")
        ]
        return situation
    }

    static func unreadable(_ address: String) -> Situation {
        var situation = settled(address)
        let failure = PortFailure(
            code: .timedOut, subject: "ghcr.io", detail: "no answer within 30 s")
        situation.status = ChannelStatus(
            channel: situation.address.channel,
            images: [
                image(situation, 0, .unreadable(failure)), image(situation, 1, .seen(live)),
            ])
        situation.status?.reasons = [
            Reason(
                .registryUnreadable, "ghcr.io/acme/app:latest",
                "ghcr.io/acme/app:latest could not be read: no answer within 30 s.")
        ]
        return situation
    }

    static func red(_ address: String) -> Situation {
        var situation = settled(address)
        situation.status?.reasons = [
            Reason(.liveRed, "e2e.yml", "e2e.yml is failure for \(live.short), which is live.")
        ]
        return situation
    }

    static func going(_ address: String) -> Situation {
        behind(
            address, .promote,
            Reason(.nothingNewer, "latest", "It goes with the next look."))
    }

    static func empty(_ address: String) -> Situation {
        var situation = blank(address)
        situation.status = ChannelStatus(
            channel: situation.address.channel,
            images: [0, 1].map { image(situation, $0, .absent) })
        situation.status?.commitsBehind = 0
        return situation
    }

    /// One of each, by address.
    static var all: [Situation] {
        [
            settled("acme/app/latest"), waiting("acme/app/canary"), stopped("acme/billing/latest"),
            held("acme/checkout/latest"), split("acme/edge/latest"),
            movedByOthers("acme/fleet/latest"), unreadable("acme/gateway/latest"),
            red("acme/hello/latest"), going("acme/index/latest"), empty("acme/jobs/latest"),
            blank("acme/kiosk/latest"),
        ]
    }

    /// What would break a page if it got into one as it is. The last is a quotation mark that only
    /// those take for one who do not go by characters.
    static let hostile =
        "<script>alert(1)</script> \"'><img src=x onerror=alert(2)> \u{202E}gpj\u{200B} {{7*7}} "
        + "\"\u{301} onmouseover=\u{301}alert(3)"

    /// Hostile text wherever a situation can have text.
    static func hostile(_ address: String) -> Situation {
        let reason = Reason(.gateFailed, hostile, hostile, advice: hostile)
        var situation = behind(
            address, .reject, reason,
            findings: [
                Finding(.gate, hostile, .reject(reason), evidence: hostile, link: hostile),
                Finding(
                    .gate, hostile, .hold(reason), evidence: hostile,
                    link: "javascript:alert(4)"),
            ])
        let failure = PortFailure(code: .garbled, subject: hostile, detail: hostile)
        let state = ChannelState(
            hold: .init(actor: hostile, since: now, reason: hostile),
            announcements: [
                .init(hook: hostile, began: now, outcome: .failed(hostile))
            ])
        situation.status?.ledger = state
        situation.status?.reasons = [reason, Reason(.held, hostile, hostile, advice: hostile)]
        situation.history = [
            entry(
                9, moved(.promote, to: live, from: newest), .seconds(5), by: hostile,
                reason: hostile, state: state, of: situation)
        ]
        situation.strip.append(
            Situation.Step(
                commit: .named("ordered"), committedAt: nil, isLive: false,
                judged: {
                    var receipt = Receipt(
                        channel: situation.address.channel, commit: nil, outcome: .error,
                        reasons: [reason])
                    receipt.override = wellFormed {
                        try Override(actor: hostile, reason: hostile)
                    }
                    return receipt
                }()))
        if let status = situation.status {
            var spoilt = ChannelStatus(
                channel: status.channel,
                images: [image(situation, 0, .unreadable(failure)), status.images[1]])
            spoilt.newest = newest
            spoilt.ledger = state
            spoilt.reasons = status.reasons
            situation.status = spoilt
        }
        return situation
    }
}
