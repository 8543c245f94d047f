import PawlCore
import PawlPorts

/// Asks everything that `decide` needs about one candidate. What does not depend on another answer
/// is asked at once; nothing is asked that an earlier answer made needless.
struct Gather: Sendable {
    let ports: Ports
    let policy: Policy
    /// The event that led here, if one did; its own record of a run is a fact too.
    var event: Observation?
    /// The branch's log, where the caller has just read it.
    var log: CommitGraph?
    /// The channel's ledger, if one is kept.
    var ledger: ChannelLedger?
    /// Its newest entry, where the caller has just read it: appends are conditional, so an old one
    /// does no harm.
    var tip: Fact<Tip>?
    /// Whether strange tags are judged as a move that somebody else made.
    var isAdopting = false
    /// Whether an unfinished plan is judged as if it had been followed.
    var isDryRun = false

    /// The facts, and the page of the branch's log that they were read from, if it could be read.
    struct Gathered: Sendable {
        var facts: Facts
        var graph: CommitGraph?
        /// The ledger's newest entry; `nil` where no ledger is kept.
        var tip: Fact<Tip>?
        /// How the tags stand to it; `nil` without an entry.
        var standing: Standing?

        /// The ledger's newest entry, if there is one.
        var entry: Tip? { tip?.value }
    }

    func facts(for candidate: Candidate) async -> Gathered {
        ports.observer.tell(.asking(candidate))
        async let graphFact = Fact.asking {
            if let log { return log }
            return try await ports.history.log(of: policy.branch)
        }
        async let runs = Fact.asking { try await ports.runs.runs(at: candidate.commit) }
        async let images = pinned(candidate)
        async let tip = readTip()

        var facts = Facts(now: ports.clock.now(), images: candidate.channel.images)
        facts.images = await images
        var gathered = Gathered(facts: facts, graph: nil, tip: await tip)
        guard stands(&gathered, candidate) else { return gathered }
        facts.ledger = gathered.tip.map { LedgerFacts(state: $0.value.state) }
        facts.runs = withEvent(await runs, candidate)
        let page = await graphFact
        let graph = page.value
        facts.position = await position(of: candidate.commit, graph)
        gathered.graph = graph
        gathered.facts = facts
        guard facts.position == .seen(.onBranch) else { return gathered }
        await waitForSources(candidate, &facts)
        facts.now = ports.clock.now()
        gathered.facts = facts
        guard !isSettled(candidate, facts) else { return gathered }

        let pinned = facts
        let recorded = gathered.entry?.plan
        async let revised = revisions(candidate, pinned.images, recorded)
        async let workflows = workflowStates(candidate, pinned)
        async let jobs = jobs(candidate, pinned)
        async let checks = checks(candidate)
        facts.images = await compared(revised, with: candidate, recorded, graph)
        if let floor = facts.ledger?.state.floor {
            facts.ledger?.floor = await ancestry(of: candidate.commit, from: floor, graph)
        }
        facts.workflows = await workflows
        facts.jobs = await jobs
        facts.checks = await checks
        await askAboutAbsences(candidate, &facts, page)
        gathered.facts = facts
        return gathered
    }

    private func readTip() async -> Fact<Tip>? {
        if let tip { return tip }
        guard let ledger else { return nil }
        return await Fact.asking { try await ledger.tip() }
    }

    /// Whether the tags are where the ledger says, so that the candidate can be judged at all.
    private func stands(_ gathered: inout Gathered, _ candidate: Candidate) -> Bool {
        switch gathered.tip {
        case nil, .absent?: return true
        case .unreadable?: return false
        case .seen(let tip)? where tip.plan == nil: return true
        case .seen(let tip)?:
            let standing = standing(
                of: gathered.facts.images, at: candidate.channel.to, under: tip.state)
            gathered.standing = standing
            return standing == .followed || isAdopting || isDryRun && standing == .unfinished
        }
    }

    /// Rule 5: of an event's own run and the API's record of it the newer by attempt and update
    /// time counts, which is what the rules find among both. Without the API's list the event's run
    /// is no list: the others are still unknown.
    private func withEvent(_ runs: Fact<[GateRun]>, _ candidate: Candidate) -> Fact<[GateRun]> {
        guard case .seen(let listed) = runs, case .runEnded(let run, _) = event,
            run.commit == candidate.commit
        else { return runs }
        return .seen(listed + [run])
    }

    /// A page that shows the commit proves that it is on the branch; else the host is asked.
    func position(of commit: CommitID, _ graph: CommitGraph?) async -> Fact<Facts.Position> {
        if graph?.shows(commit) == true { return .seen(.onBranch) }
        return await Fact.asking { try await ports.history.position(of: commit, on: policy.branch) }
    }

    private func workflowStates(
        _ candidate: Candidate, _ facts: Facts
    ) async -> [WorkflowName: Fact<WorkflowState>] {
        await answers(to: absentWorkflows(candidate, facts)) { workflow in
            await Fact.asking { try await ports.runs.state(of: workflow) }
        }
    }

    /// Workflows without a counted run: only of these it matters whether they can report at all.
    private func absentWorkflows(_ candidate: Candidate, _ facts: Facts) -> [WorkflowName] {
        let build = candidate.channel.build.map { [($0, WorkflowGate.usualEvents)] } ?? []
        let gates = candidate.channel.gates.compactMap { gate in
            if case .workflow(let gate) = gate { (gate.workflow, gate.events) } else { nil }
        }
        return (build + gates).filter { workflow, events in
            newestRun(of: workflow, candidate, facts, policy, events: events) == .absent
        }.map(\.0)
    }

    private func jobs(_ candidate: Candidate, _ facts: Facts) async -> [Int64: Fact<[Job]>] {
        let runs = candidate.channel.gates.compactMap { gate -> GateRun? in
            guard case .workflow(let gate) = gate, gate.job != nil else { return nil }
            let run = newestRun(
                of: gate.workflow, candidate, facts, policy, events: gate.events
            ).value
            return run?.state == .success ? run : nil
        }
        let answers = await answers(to: runs) { run in
            await Fact.asking { try await ports.runs.jobs(of: run) }
        }
        return Dictionary(
            answers.map { ($0.key.id, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    private func checks(_ candidate: Candidate) async -> Fact<[CheckResult]> {
        let names = candidate.channel.gates.compactMap { gate in
            if case .check(let name, _) = gate { name } else { nil }
        }
        let answers = await answers(to: names) { name in
            await Fact.asking { try await ports.runs.checks(named: name, at: candidate.commit) }
        }
        var all: [CheckResult] = []
        for name in names {
            switch answers[name] ?? .notAsked {
            case .seen(let results): all += results
            case .absent: continue
            case .unreadable(let failure): return .unreadable(failure)
            }
        }
        return .seen(all)
    }

    /// Asks one question of many things at once.
    func answers<Thing: Hashable & Sendable, Answer: Sendable>(
        to things: [Thing], _ ask: @escaping @Sendable (Thing) async -> Answer
    ) async -> [Thing: Answer] {
        await withTaskGroup(of: (Thing, Answer).self) { group in
            for thing in things { group.addTask { (thing, await ask(thing)) } }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }
}
