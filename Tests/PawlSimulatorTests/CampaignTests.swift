import FoundationEssentials
import PawlSimulator
import Testing

@Suite("Many seeds")
struct CampaignTests {
    @Test("three hundred worlds keep every promise, and those played twice are the same")
    func clean() {
        var campaign = Campaign()
        for seed in 0..<UInt64(300) { campaign.play(seed) }
        let broken = campaign.failures.map { "\($0.seed): \($0.breaches[0].text)" }
        #expect(broken.isEmpty)
        #expect(campaign.isClean)
        #expect(campaign.twice == 3)
        #expect(campaign.moves > 300 && campaign.entries > 200)
        #expect(campaign.faults.allSatisfy { $0 > 0 }, "\(campaign.text)")
    }

    @Test("the workflow goes backward, promotes the unproved and freezes; Pawl does not")
    func comparison() {
        func row(_ contender: Comparison.Contender) -> Comparison.Row {
            var row = Comparison.Row()
            for seed in 0..<UInt64(60) { Comparison.play(seed, .harsh, contender, in: &row) }
            return row
        }
        let workflow = row(.workflow)
        #expect(workflow.backward > 0 && workflow.unproved > 0 && workflow.frozen > 0)
        for contender in [Comparison.Contender.pawl, .pawlWithLedger] {
            let pawl = row(contender)
            #expect(pawl.backward == 0 && pawl.unproved == 0 && pawl.frozen == 0)
        }
    }

    @Test("a failing world is cut down, and still fails the same")
    func shrunk() throws {
        let design = World.workflow
        let seeds = (0..<UInt64(200)).filter { seed in
            let script = Script.drawn(seed)
            guard script.pushes.count > 2, script.shape.door == .racing else { return false }
            let trace = World(script, design: design).play().trace
            return !Promise.converges.breaches(in: trace).isEmpty
        }
        let seed = try #require(seeds.first)
        let script = Script.drawn(seed)
        var shrink = Shrink(.converges, design: design)
        let small = shrink.smallest(script)
        #expect(small.pushes.count + small.acts.count < script.pushes.count + script.acts.count)
        #expect(small.knobs.areOff)
        let trace = World(small, design: design).play().trace
        #expect(!Promise.converges.breaches(in: trace).isEmpty)
        #expect(trace.text().contains("CALM"))
        let lines = story(of: seed, shrinking: true, design: design)
            .split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count <= Story.linesMax)
        #expect(lines.contains { $0.hasPrefix("BROKEN") })
        #expect(lines.allSatisfy { $0.count <= Story.columnsMax })
    }

    @Test("every planted bug has a line of its own to be planted in")
    func planted() throws {
        let bugs = PlantedBug.all
        #expect(bugs.count >= 40)
        #expect(Set(bugs.map(\.name)).count == bugs.count)
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
            .joined(separator: "/")
        var texts: [String: String] = [:]
        for bug in bugs {
            let bytes = try #require(FileManager.default.contents(atPath: "\(root)/\(bug.file)"))
            let text = texts[bug.file] ?? String(decoding: bytes, as: UTF8.self)
            #expect(text.ranges(of: bug.line).count == 1, "\(bug.name) in \(bug.file)")
            texts[bug.file] = text.replacing(bug.line, with: bug.code)
            #expect(bug.planted.contains("PLANTED"), "\(bug.name) has no switch")
        }
        #expect(!PlantedSwitch.isThere)
    }
}
