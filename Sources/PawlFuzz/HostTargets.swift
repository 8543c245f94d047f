import PawlCore
import PawlGitHub
import PawlHTTP
import PawlPorts

/// GitHub's side of a question, and the question's fixed parts.
struct HostStage {
    static let token = "ghs_0123456789abcdefghij"

    let exchange: ScriptedExchange
    let host: GitHubHost
    let commit: CommitID
    let base: CommitID

    init(_ exchange: ScriptedExchange) throws(Broken) {
        guard let address = try? GitHubAddress("https://api.github.com"),
            let repository = try? CodeRepository("acme/app"),
            let commit = try? CommitID(String(repeating: "1a", count: 20)),
            let base = try? CommitID(String(repeating: "2b", count: 20))
        else { throw Broken("a constant is malformed") }
        self.exchange = exchange
        self.commit = commit
        self.base = base
        host = GitHubHost(
            exchange: exchange, address: address, repository: repository, token: Self.token,
            userAgent: "pawl")
    }

    /// The token goes to no other place, and failures do not tell it.
    func checkToken(_ failure: PortFailure?) throws(Broken) {
        for request in exchange.requests {
            let address = try needed(Address(request.url), "\(request.url) is no address")
            try hold(
                address.origin == "https://api.github.com" && !address.hasUserInformation,
                "\(request.url) was asked")
        }
        guard let failure else { return }
        try Shown.checkLine(failure)
        try hold(
            !"\(failure)".hasBytes(Self.token), "a failure tells the token: \(failure.detail)")
    }
}

/// What came of a question.
private func outcome<Value>(
    _ question: () async throws(PortFailure) -> Value
) async -> Result<Value, PortFailure> {
    do throws(PortFailure) {
        return .success(try await question())
    } catch {
        return .failure(error)
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
    fileprivate var value: Success? { try? get() }
}

extension FuzzTarget {
    /// Payloads of events: the event's name in the first line, the payload after it. The core's own
    /// reader of JSON sees the same commit, repository and state.
    static let event = FuzzTarget("event") { bytes throws(Broken) in
        var outside = OutsideBytes(bytes)
        let name = outside.line()
        let body = outside.bytes
        let observation: Observation
        do throws(PortFailure) {
            observation = try GitHubDoor().observation(event: name, body: body)
        } catch {
            try Shown.checkLine(error)
            return
        }
        let json = try needed(
            try? JSONValue(parsing: body), "the other reader of JSON does not take the payload")
        // A key that stands twice is nothing to this reader.
        let repository = json["repository"]?["full_name"]?.string
        switch observation {
        case .runEnded(let run, let read), .runChanged(let run, let read):
            try hold(repository.map { $0 == "\(read)" } ?? true, "repositories differ")
            let said = json["workflow_run"]
            try hold(said?["head_sha"]?.string.map { $0 == run.commit.hex } ?? true, "ids differ")
            try hold(said?["id"]?.integer.map { $0 == run.id } ?? true, "run ids differ")
            if let status = said?["status"]?.string, let conclusion = said?["conclusion"] {
                let state = RunState(status: status, conclusion: conclusion.string)
                try hold(state == run.state, "states differ: \(state) and \(run.state)")
            }
            let isEnd = if case .runEnded = observation { true } else { false }
            try hold(
                json["action"]?.string.map { ($0 == "completed") == isEnd } ?? true,
                "actions differ")
        case .dispatched(let sha, let reason, let read):
            try hold(repository.map { $0 == "\(read)" } ?? true, "repositories differ")
            try hold(
                json["inputs"]?["sha"]?.string.map { $0 == sha ?? "" } ?? true, "inputs differ")
            try hold(
                json["inputs"]?["reason"]?.string.map { $0 == reason ?? "" } ?? true,
                "inputs differ")
        case .other(let word):
            try hold(Shown.isOneLine(word) && word.count <= 300, "an event's name is not a word")
            try hold(json.object != nil, "a payload is no object")
        }
    }

    /// A page of runs. Every run given is one that the page has, of the commit that was asked for.
    static let runs = FuzzTarget("runs") { bytes throws(Broken) in
        let stage = try HostStage(ScriptedExchange(200, [], bytes))
        let runs = await outcome { () throws(PortFailure) in
            try await stage.host.runs(at: stage.commit)
        }
        try stage.checkToken(runs.failure)
        guard let runs = runs.value else { return }
        let json = try needed(
            try? JSONValue(parsing: bytes), "the other reader of JSON does not take the page")
        let rows = json["workflow_runs"]?.array
        try hold(runs.allSatisfy { $0.commit == stage.commit }, "a run is of another commit")
        try hold(Set(runs.map(\.id)).count == runs.count, "a run is there twice")
        guard let rows else { return }
        // Of rows with one id the last one counts.
        let last = Dictionary(rows.map { ($0["id"]?.integer, $0) }, uniquingKeysWith: { $1 })
        let own = last.values.filter { $0["head_sha"]?.string == stage.commit.hex }
        let ids = own.compactMap { $0["id"]?.integer }
        guard ids.count == own.count, last[nil] == nil else { return }
        try hold(
            Set(ids).isSubset(of: runs.map { Int($0.id) }), "a run of the page is not given")
        try hold(
            (json["total_count"]?.integer ?? 0) <= rows.count,
            "a page that is not whole is taken for whole")
    }

    /// A page of check runs and statuses.
    static let checks = FuzzTarget("checks") { bytes throws(Broken) in
        let stage = try HostStage(ScriptedExchange(200, [], bytes))
        let checks = await outcome { () throws(PortFailure) in
            try await stage.host.checks(named: "scan", at: stage.commit)
        }
        try stage.checkToken(checks.failure)
        guard let checks = checks.value else { return }
        try hold(checks.allSatisfy { $0.name.isSame(as: "scan") }, "a check has another name")
        let state = await outcome { () throws(PortFailure) in
            try await stage.host.state(of: WorkflowName("End to end"))
        }
        try stage.checkToken(state.failure)
    }

    /// A comparison, asked for ancestry and for files; and a branch's log.
    static let compare = FuzzTarget("compare") { bytes throws(Broken) in
        let stage = try HostStage(ScriptedExchange(200, [], bytes))
        let (host, commit, base) = (stage.host, stage.commit, stage.base)
        let branch = try needed(try? BranchName("main"), "a constant is malformed")
        let ancestry = await outcome { () throws(PortFailure) in
            try await host.ancestry(of: commit, from: base)
        }
        let position = await outcome { () throws(PortFailure) in
            try await host.position(of: base, on: branch)
        }
        let changes = await outcome { () throws(PortFailure) in
            try await host.changes(from: base, to: commit)
        }
        let log = await outcome { () throws(PortFailure) in try await host.log(of: branch) }
        for failure in [ancestry.failure, position.failure, changes.failure, log.failure] {
            try stage.checkToken(failure)
        }
        let json = try? JSONValue(parsing: bytes)
        if let ancestry = ancestry.value {
            let said = json?["status"]?.string
            try hold(said.map { $0 == ancestry.rawValue } ?? true, "ancestries differ")
            try hold(json != nil, "the other reader of JSON does not take the comparison")
            let isOn = position.value == .onBranch
            try hold(
                isOn == (ancestry == .ahead || ancestry == .identical),
                "ancestry and position differ")
        }
        if let changes = changes.value {
            try hold(ancestry.value == .ahead, "files of what is not ahead are given")
            let files = json?["files"]?.array?.compactMap { $0["filename"]?.string }
            try hold(
                files.map { $0.count <= changes.files.count } ?? true, "a changed file is lost")
            try hold(changes.isWhole == (changes.files.count < 300), "a cut list is called whole")
        }
        if let log = log.value {
            try hold(json?.array.map { !$0.isEmpty } ?? false, "a log has no commit")
            _ = log
        }
    }

    /// `Link` and `Location`: wherever they lead, the token stays with its host. The headers in
    /// lines, the body after an empty one.
    static let link = FuzzTarget("link") { bytes throws(Broken) in
        var outside = OutsideBytes(bytes)
        let lines = outside.lines()
        let isMoved = lines.first == "Location"
        let headers = lines.dropFirst(isMoved ? 1 : 0).map {
            (name: isMoved ? "Location" : "Link", value: $0)
        }
        let stage = try HostStage(
            ScriptedExchange(
                isMoved ? 301 : 200, headers, Array(#"{"total_count":0,"workflow_runs":[]}"#.utf8)))
        let runs = await outcome { () throws(PortFailure) in
            try await stage.host.runs(at: stage.commit)
        }
        try stage.checkToken(runs.failure)
        try hold(stage.exchange.requests.count <= 20, "a list has more pages than it may have")
        let urls = stage.exchange.requests.map(\.url)
        try hold(Set(urls).count == urls.count || isMoved, "one page was asked for twice")
    }
}
