package import PawlCore
package import PawlEngine
package import PawlPorts
package import PawlReport

/// One run of the action: the event becomes an order for every channel, the engine carries it out.
package struct ActionRun: Sendable {
    let environment: ActionEnvironment
    let policy: Policy
    let door: any Door

    /// A run for one policy; `door` reads the event's payload.
    package init(environment: ActionEnvironment, policy: Policy, door: any Door) {
        self.environment = environment
        self.policy = policy
        self.door = door
    }

    /// What the event says, checked before anything is asked of anybody.
    package struct Task: Hashable, Sendable {
        enum Work: Hashable { case order(Engine.Order), observation(Observation) }

        let work: Work
        let channels: [Channel]

        /// Whether a commit is judged, or moved to: what people want to see beside it.
        package var isJudging: Bool {
            switch order {
            case nil, .look, .promote, .rollback: true
            case .hold, .resume, .quarantine, .adopt, .follow: false
            }
        }

        /// The person's order; `nil` where only the event speaks.
        package var order: Engine.Order? {
            if case .order(let order) = work { order } else { nil }
        }
    }

    /// Reads the payload and the inputs.
    package func task(event body: [UInt8]) throws(WrongUse) -> Task {
        guard environment.repository == policy.repository || policy.host == .git else {
            throw WrongUse(
                "The workflow runs in \(environment.repository), and the policy is for "
                    + "\(policy.repository).",
                advice: "Correct repository: in the policy, or leave it out.")
        }
        let observation: Observation
        do throws(PortFailure) {
            observation = try door.observation(event: environment.eventName, body: body)
        } catch {
            throw WrongUse(
                "The event file \(environment.eventPath) could not be used: \(error.detail).",
                advice: error.advice ?? "Run pawl action in the job that the event started.")
        }
        let channels = try chosenChannels()
        var typed: (sha: String?, reason: String?) = (nil, nil)
        var isDispatch = false
        if case .dispatched(let sha, let reason, let repository) = observation {
            // An order given in another repository is none here; rule 1 says so.
            guard repository == environment.repository else {
                return Task(work: .observation(observation), channels: channels)
            }
            typed = (sha, reason)
            isDispatch = true
        }
        let request = ActionRequest(
            environment: environment, sha: environment.sha ?? typed.sha,
            reason: environment.reason ?? typed.reason, isDispatch: isDispatch)
        guard let order = try request.order() else {
            return Task(
                work: isDispatch ? .order(.look) : .observation(observation), channels: channels)
        }
        guard channels.count == 1 || !request.isAboutOneChannel else {
            throw WrongUse(
                "\(request.name) is an order for one channel, and the policy has "
                    + "\(channels.count).", advice: "Give the input channel.")
        }
        return Task(work: .order(order), channels: channels)
    }

    /// Carries the task out, channel by channel. Channels that the event does not concern are left
    /// out where it concerns another one.
    ///
    /// `bounded` gives each channel's work its time, and a receipt that says so where it ran out.
    package func receipts(
        of task: Task, by engine: Engine,
        bounded: (Channel, @escaping @Sendable () async -> Receipt) async -> Receipt
    ) async -> [Receipt] {
        var receipts: [Receipt] = []
        for channel in task.channels {
            switch task.work {
            case .order(let order):
                receipts.append(
                    await bounded(channel) { await engine.carryOut(order, on: channel) })
            case .observation(let observation):
                receipts.append(
                    await bounded(channel) { await engine.carryOut(observation, on: channel) })
            }
        }
        let concerned = receipts.filter { $0.outcome != .ignore }
        return concerned.isEmpty ? Array(receipts.prefix(1)) : concerned
    }

    private func chosenChannels() throws(WrongUse) -> [Channel] {
        guard let name = environment.channel else { return policy.channels }
        guard let channel = policy.channel(named: name) else {
            throw WrongUse(unknownChannel: name, policy)
        }
        return [channel]
    }
}
