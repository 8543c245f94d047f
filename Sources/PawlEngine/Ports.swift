import PawlCore
package import PawlPorts

/// The world as one run of the engine may ask it.
package struct Ports: Sendable {
    /// Images and their tags.
    package var registry: any Registry
    /// Commits and branches.
    package var history: any History
    /// Workflow runs and checks.
    package var runs: any Runs
    /// Workflow files, read to learn what starts a gate.
    package var workflows: WorkflowReader
    /// Where it is recorded what each channel shall be at; `nil`: the registry is the truth.
    package var ledger: LedgerAccess?
    /// Who tells hooks; `nil`: nobody is told.
    package var announcer: Announcer?
    /// Time.
    package var clock: Clock
    /// Who is told what the run is doing.
    package var observer: Observer

    /// Ports in full.
    package init(
        registry: any Registry, history: any History, runs: any Runs,
        workflows: WorkflowReader = .none, ledger: LedgerAccess? = nil,
        announcer: Announcer? = nil, clock: Clock,
        observer: Observer = .none
    ) {
        self.registry = registry
        self.history = history
        self.runs = runs
        self.workflows = workflows
        self.ledger = ledger
        self.announcer = announcer
        self.clock = clock
        self.observer = observer
    }
}

extension Fact {
    /// Asks, and keeps the three answers apart: a value, the source's own "no such thing", and a
    /// look that failed. The one place where a port's answer becomes a fact.
    static func asking(_ question: () async throws -> Value?) async -> Self {
        do {
            guard let value = try await question() else { return .absent }
            return .seen(value)
        } catch let failure as PortFailure {
            return .unreadable(failure)
        } catch {
            return .unreadable(
                PortFailure(code: .timedOut, subject: "", detail: "the question was given up"))
        }
    }
}
