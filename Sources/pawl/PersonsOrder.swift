import ArgumentParser
import PawlCore
import PawlEngine
import PawlReport

/// What the commands have in common by which a person says where one channel shall be.
struct PersonsOrder {
    /// The command, as a person types it.
    let command: String
    let channel: ChannelOption
    let options: Options
    var isDryRun = false

    /// Carries the order out that is made of the person's name, tells what it came to, and ends
    /// with its exit status.
    func run(_ order: (String) throws(WrongUse) -> Engine.Order) async throws {
        let start = try Start(options, hooks: isDryRun ? .untold : .told)
        try LedgerChoice.require(for: command, in: start.policy)
        let channel = try channel.one(of: start.policy, for: command)
        let order = try order(start.actor)

        let world = try await start.wiring.world(
            channels: [channel], for: isDryRun ? .read : .write)
        let engine = Engine(ports: world.ports, policy: start.policy, isDryRun: isDryRun)
        let receipt = await world.bounded(options.timeout.duration, channel) {
            await engine.carryOut(order, on: channel)
        }
        await world.shutdown()
        start.console.tell([receipt], of: order, world, options, showsFindings: isDryRun)
        throw ExitCode(receipt.exitStatus)
    }

    static func commit(_ text: String) throws(WrongUse) -> CommitName {
        do throws(CommitName.Malformed) {
            return try CommitName(text)
        } catch {
            throw WrongUse(notACommit: text, error)
        }
    }

    static func statement(_ actor: String, _ reason: String?) throws(WrongUse) -> Statement {
        do throws(Override.Malformed) {
            return try Statement(actor: actor, reason: reason)
        } catch {
            throw WrongUse(malformedReason: "Say in a sentence why, or leave --reason out.")
        }
    }

    static func override(
        _ actor: String, _ reason: String, advice: String
    ) throws(WrongUse) -> Override {
        do throws(Override.Malformed) {
            return try Override(actor: actor, reason: reason)
        } catch {
            throw WrongUse(malformedReason: advice)
        }
    }
}

extension Console {
    /// Receipts as a document or in words, and what they cost.
    func tell(
        _ receipts: [Receipt], of order: Engine.Order, _ world: World, _ options: Options,
        showsFindings: Bool
    ) {
        if options.json {
            print(ResultDocument.json(receipts, requests: world.requests).text + "\n")
        } else {
            let report = TextReport(style: output, showsFindings: showsFindings, order: order)
            print(receipts.map(report.text(of:)).joined(separator: "\n"))
        }
        tellRequests(of: world)
    }
}
