package import PawlCore
import PawlHTTP

extension GitHubHost {
    /// Check runs and commit statuses are two things that people call by one name; both are asked.
    package func checks(
        named name: String, at commit: CommitID
    ) async throws(PortFailure) -> [CheckResult] {
        try await checkRuns(name, commit) + statuses(name, commit)
    }

    private func checkRuns(
        _ name: String, _ commit: CommitID
    ) async throws(PortFailure) -> [CheckResult] {
        let call = Call(
            what: "check runs \"\(OutsideText.line(name))\" of \(commit.short)",
            path:
                "/commits/\(commit.hex)/check-runs?check_name=\(percentEncoded(name))&filter=latest"
                + "&per_page=\(Limits.hostPageRowsMax)",
            permission: "checks: read")
        var results: [CheckResult] = []
        for row in try await rows(of: WireCheckRunPage.self, call)
        where row.name == name && row.headSHA == commit.hex {
            let state = RunState(status: row.status, conclusion: row.conclusion)
            results.append(
                CheckResult(
                    name: name, app: row.app?.slug, state: state,
                    at: try time(row.startedAt ?? row.completedAt, state, call),
                    link: row.htmlURL ?? row.detailsURL ?? ""))
        }
        return results
    }

    /// A check run that has not begun has no time yet. It is the newest there is: an older green
    /// one must not hide it. One that has ended must say when.
    private func time(
        _ text: String?, _ state: RunState, _ call: Call
    ) throws(PortFailure) -> Instant {
        if let text {
            guard let time = Instant(timestamp: text) else {
                throw failure(.garbled, call, "GitHub's answer has an unusable time of a check run")
            }
            return time
        }
        switch state {
        case .queued, .requested, .waiting, .pending, .inProgress: return endOfTime
        default:
            throw failure(
                .garbled, call, "GitHub's answer has a check run that ended without a time")
        }
    }

    /// The combined status lists the newest status of each context. Its own `state` is not looked
    /// at: it is `pending` where there are no statuses at all.
    private func statuses(
        _ context: String, _ commit: CommitID
    ) async throws(PortFailure) -> [CheckResult] {
        let call = Call(
            what: "commit statuses of \(commit.short)",
            path: "/commits/\(commit.hex)/status?per_page=\(Limits.hostPageRowsMax)",
            permission: "statuses: read")
        var results: [CheckResult] = []
        for row in try await rows(of: WireStatusPage.self, call) where row.context == context {
            guard let time = Instant(timestamp: row.updatedAt) else {
                throw failure(.garbled, call, "GitHub's answer has an unusable time of a status")
            }
            results.append(
                CheckResult(
                    name: context, app: nil, state: row.runState, at: time,
                    link: row.targetURL ?? ""))
        }
        return results
    }
}

/// 9999-12-31T23:59:59Z, the last second that a timestamp can write.
private let endOfTime = Instant(millisecondsSinceEpoch: 253_402_300_799_000)

/// A check run.
struct WireCheckRun: WireRow {
    struct App: Decodable {
        let slug: String?
    }

    let id: Int64
    let name: String
    let headSHA: String
    let status: String?
    let conclusion: String?
    let startedAt: String?
    let completedAt: String?
    let htmlURL: String?
    let detailsURL: String?
    let app: App?

    private enum CodingKeys: String, CodingKey {
        case id, name, status, conclusion, app
        case headSHA = "head_sha"
        case startedAt = "started_at"
        case completedAt = "completed_at"
        case htmlURL = "html_url"
        case detailsURL = "details_url"
    }
}

/// One page of `GET …/commits/{sha}/check-runs`.
struct WireCheckRunPage: WirePage {
    let totalCount: Int
    let rows: [WireCheckRun]

    private enum CodingKeys: String, CodingKey {
        case totalCount = "total_count"
        case rows = "check_runs"
    }
}

/// A commit status.
struct WireStatus: WireRow {
    let id: Int64
    let context: String
    let state: String
    let updatedAt: String
    let targetURL: String?

    private enum CodingKeys: String, CodingKey {
        case id, context, state
        case updatedAt = "updated_at"
        case targetURL = "target_url"
    }

    /// Statuses have four words of their own; `error` is the reporter's own breakdown, and red.
    var runState: RunState {
        switch state {
        case "success": .success
        case "failure", "error": .failure
        case "pending": .pending
        default: .unknown(state)
        }
    }
}

/// One page of `GET …/commits/{sha}/status`.
struct WireStatusPage: WirePage {
    let totalCount: Int
    let rows: [WireStatus]

    private enum CodingKeys: String, CodingKey {
        case totalCount = "total_count"
        case rows = "statuses"
    }
}
