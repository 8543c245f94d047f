/// Every metric that a server's work has: what it is called, of which kind it is, what it says.
package enum Metric: String, Hashable, Sendable, CaseIterable {
    // Of the keeper's work.
    case promotions = "pawl_promotions_total"
    case looks = "pawl_looks_total"
    case lastPromotion = "pawl_last_promotion_timestamp_seconds"
    case behindCommits = "pawl_behind_commits"
    case behindSeconds = "pawl_behind_seconds"
    case promotable = "pawl_promotable_commits"
    case held = "pawl_held"
    case split = "pawl_group_split"
    case movedByOthers = "pawl_moved_by_others"
    case liveRed = "pawl_live_red"
    // Of events.
    case deliveries = "pawl_deliveries_total"
    case inHand = "pawl_deliveries_in_hand"
    case waiting = "pawl_work_waiting"
    case eventToTag = "pawl_event_to_tag_seconds"
    // Of sweeps, stores and hosts.
    case sweeps = "pawl_sweeps_total"
    case sweepAge = "pawl_sweep_age_seconds"
    case patrols = "pawl_patrols_total"
    case ledgerAppend = "pawl_ledger_append_seconds"
    case ledgerFailures = "pawl_ledger_failures_total"
    case hostBudget = "pawl_host_budget_requests"
    case complaints = "pawl_policy_complaints"
    case notReady = "pawl_not_ready_checks"

    /// Prometheus' kinds.
    package enum Kind: String, Hashable, Sendable { case counter, gauge, histogram }

    /// Which kind it is.
    package var kind: Kind {
        switch self {
        case .promotions, .looks, .deliveries, .sweeps, .patrols, .ledgerFailures: .counter
        case .eventToTag, .ledgerAppend: .histogram
        case .lastPromotion, .behindCommits, .behindSeconds, .promotable, .held, .split,
            .movedByOthers, .liveRed, .inHand, .waiting, .sweepAge, .hostBudget, .complaints,
            .notReady:
            .gauge
        }
    }

    /// What it says, in one sentence.
    package var help: String {
        switch self {
        case .promotions: "Verdicts on commits, by channel, verdict and foremost reason."
        case .looks: "Times that a channel was looked at, by what caused it."
        case .lastPromotion: "When this process last moved the channel."
        case .behindCommits: "Commits from what is live to the newest commit with an image."
        case .behindSeconds: "How long the oldest commit with an image has been waiting."
        case .promotable: "Newer commits that pass every rule and are not live."
        case .held: "1 if a person holds the channel."
        case .split: "1 if the images of the group are live at different commits."
        case .movedByOthers: "1 if a target tag is where neither Pawl nor its ledger put it."
        case .liveRed: "1 if a gate of the live commit turned red since."
        case .deliveries: "Events read, by what was made of them."
        case .inHand: "Events whose work has not ended."
        case .waiting: "Orders, commits and looks that wait for their channel's turn."
        case .eventToTag: "Seconds from an event's arrival to the tags that it moved."
        case .sweeps: "Questions for what changed, by repository and answer."
        case .sweepAge: "Seconds since the host last said what changed."
        case .patrols: "Readings of a channel's target tags, by what was found."
        case .ledgerAppend: "Seconds that appending an entry took."
        case .ledgerFailures: "Questions that the ledger did not answer."
        case .hostBudget: "Requests that the code host still allows."
        case .complaints: "Policy files that could not be taken over."
        case .notReady: "Things that the work needs and that are not right."
        }
    }

    /// The series of these labels.
    package func callAsFunction(_ labels: KeyValuePairs<String, String> = [:]) -> Tally.Series {
        Tally.Series(rawValue, labels.map { Tally.Label($0.key, $0.value) })
    }
}
