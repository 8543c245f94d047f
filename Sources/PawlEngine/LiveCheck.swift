package import PawlCore
import PawlPorts

/// One thing that a policy needs of the world, tried with a harmless read.
package struct LiveCheck: Hashable, Sendable {
    /// What came of it.
    package enum Result: Hashable, Sendable {
        case fine(String)
        /// The world does not have what the policy names.
        case wrong(String, advice: String)
        /// It could not be read.
        case unreadable(PortFailure)
        /// It could not be tried, for what another check says.
        case unknown(String)
    }

    /// What was tried: `workflow e2e.yml`, `ghcr.io/acme/app:latest`.
    package let subject: String
    /// What came of it.
    package let result: Result

    /// 0 fine, 2 the policy names what is not there, 3 could not tell.
    package var exitStatus: Int32 {
        switch result {
        case .fine, .unknown: 0
        case .wrong: 2
        case .unreadable: 3
        }
    }
}

extension Engine {
    /// Tries everything that the channels need: the branch, the runs, the workflows, the tags, and,
    /// if it may write, the right to push as far as registries tell beforehand.
    package func liveChecks(of channels: [Channel], mayWrite: Bool) async -> [LiveCheck] {
        var checks: [LiveCheck] = []
        let log = await Fact.asking { try await ports.history.log(of: policy.branch) }
        checks.append(
            check("branch \(policy.branch)", log, missing: "Correct branch: in the policy.") {
                "tip \($0.tip?.short ?? "none")"
            })
        // Without a code host, runs and workflows are what a person states: nothing to try.
        let hasHost = policy.host == .github
        if hasHost, let tip = log.value?.tip {
            let runs = await Fact.asking { try await ports.runs.runs(at: tip) }
            checks.append(
                check("runs of \(tip.short)", runs, missing: "Run a workflow on the branch.") {
                    "\($0.count) found"
                })
        }
        for channel in channels {
            for workflow in channel.workflows where hasHost {
                checks.append(await self.check(workflow))
            }
            if hasHost, let tip = log.value?.tip {
                for gate in channel.gates {
                    if let check = await self.check(gate, at: tip) { checks.append(check) }
                }
            }
            for image in channel.images {
                checks.append(await self.check(ImageReference(image.target, channel.to)))
            }
        }
        if mayWrite {
            checks.append(await checkPush(channels, besides: checks))
        }
        return checks
    }

    private func check(_ workflow: WorkflowName) async -> LiveCheck {
        let subject = "workflow \(workflow)"
        switch await Fact.asking({ try await ports.runs.state(of: workflow) }) {
        case .seen(.active):
            return LiveCheck(subject: subject, result: .fine("active"))
        case .seen(.inactive(let word)):
            return LiveCheck(
                subject: subject,
                result: .wrong("it is \(word) and cannot report", advice: "Enable it."))
        case .absent:
            return LiveCheck(
                subject: subject,
                result: .wrong(
                    "the repository has no such workflow", advice: "Correct its name in the policy."
                ))
        case .unreadable(let failure):
            return LiveCheck(subject: subject, result: .unreadable(failure))
        }
    }

    /// A target that is not there yet is fine: the first promotion makes it.
    private func check(_ target: ImageReference) async -> LiveCheck {
        switch await Fact.asking({ try await ports.registry.digest(of: target) }) {
        case .seen(let digest):
            LiveCheck(subject: "\(target)", result: .fine("is \(digest.short)"))
        case .absent:
            LiveCheck(subject: "\(target)", result: .fine("is not there yet"))
        case .unreadable(let failure):
            LiveCheck(subject: "\(target)", result: .unreadable(failure))
        }
    }

    /// A registry that shows no tag refuses no push beforehand either: that is no right to push.
    private func checkPush(_ channels: [Channel], besides checks: [LiveCheck]) async -> LiveCheck {
        let targets = channels.flatMap { channel in
            channel.images.map { ImageReference($0.target, channel.to) }
        }
        let unread = targets.map { "\($0)" }.first { target in
            checks.contains { check in
                if case .unreadable = check.result { check.subject == target } else { false }
            }
        }
        do throws(PortFailure) {
            try await ports.registry.preparePush(to: targets.map(\.repository))
            if let unread {
                return LiveCheck(
                    subject: "push rights",
                    result: .unknown("not known: \(unread) could not even be read"))
            }
            return LiveCheck(
                subject: "push rights", result: .fine("no registry refused them beforehand"))
        } catch {
            return LiveCheck(subject: "push rights", result: .unreadable(error))
        }
    }

    private func check<Value>(
        _ subject: String, _ fact: Fact<Value>, missing: String, _ words: (Value) -> String
    ) -> LiveCheck {
        switch fact {
        case .seen(let value): LiveCheck(subject: subject, result: .fine(words(value)))
        case .absent: LiveCheck(subject: subject, result: .wrong("is not there", advice: missing))
        case .unreadable(let failure): LiveCheck(subject: subject, result: .unreadable(failure))
        }
    }
}
