import PawlCore
import PawlEngine
import PawlTesting
import Testing

@Suite("Exit statuses of receipts")
struct ExitStatusTests {
    private func receipt(
        _ outcome: Receipt.Outcome, _ codes: [ReasonCode] = [], look: Receipt? = nil
    ) throws -> Receipt {
        var receipt = Receipt(
            channel: try Channel.Name("latest"), commit: nil, outcome: outcome,
            reasons: codes.map { Reason($0, "", "") })
        receipt.look = look.map { [$0] } ?? []
        return receipt
    }

    @Test("0 promoted, settled, hold, ignore; 1 reject; 2 wrong use; 3 could not tell")
    func plain() throws {
        #expect(try receipt(.promote).exitStatus == 0)
        #expect(try receipt(.settled, [.behind]).exitStatus == 0)
        #expect(try receipt(.ignore, [.notConcerned]).exitStatus == 0)
        #expect(try receipt(.hold, [.gateRunning]).exitStatus == 0)
        #expect(try receipt(.reject, [.gateFailed]).exitStatus == 1)
        #expect(try receipt(.error, [.badCandidate]).exitStatus == 2)
        #expect(try receipt(.error, [.groupSplit]).exitStatus == 3)
        #expect(try receipt(.error, [.targetMoved]).exitStatus == 3)
        #expect(try receipt(.error, [.registryDenied]).exitStatus == 3)
    }

    @Test("an unreadable fact under a hold is exit 3; beside a reject it stays 1")
    func unreadable() throws {
        for code in [
            ReasonCode.gateUnreadable, .ancestryUnreadable, .registryUnreadable, .registryDenied,
        ] {
            #expect(try receipt(.hold, [.gateRunning, code]).exitStatus == 3)
            #expect(try receipt(.reject, [.gateFailed, code]).exitStatus == 1)
        }
    }

    @Test("a look that followed promoted: 0; could not tell: 3; else the commit's own")
    func look() throws {
        var promoted = try receipt(.promote)
        promoted.promoted = true
        let unreadable = try receipt(.hold, [.registryUnreadable])
        let settled = try receipt(.settled, [.gateFailed])
        #expect(try receipt(.reject, [.behind], look: promoted).exitStatus == 0)
        #expect(try receipt(.hold, [.gateRunning], look: promoted).exitStatus == 0)
        #expect(try receipt(.reject, [.behind], look: unreadable).exitStatus == 3)
        #expect(try receipt(.hold, [.gateRunning], look: unreadable).exitStatus == 3)
        #expect(try receipt(.reject, [.behind], look: settled).exitStatus == 1)
        #expect(try receipt(.hold, [.gateUnreadable], look: settled).exitStatus == 3)
        #expect(try receipt(.promote, look: unreadable).exitStatus == 0)
    }
}
