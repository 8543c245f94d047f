import PawlCore
import PawlTesting
import Testing

@Suite("A channel's entries folded")
struct ChannelStateTests {
    private func move(_ name: String, _ kind: Movement.Kind = .promote) -> Entry.Event {
        .move(
            Movement(
                kind: kind, commit: .named(name), previous: nil,
                images: [
                    Movement.Image(
                        target: wellFormed { try ImageReference("ghcr.io/acme/app:latest") },
                        digest: .named(name), before: nil)
                ]), rolledBack: kind == .rollback ? [.named("z")] : [])
    }

    private func folded(_ events: [Entry.Event]) -> ChannelState {
        var state = ChannelState()
        for (index, event) in events.enumerated() {
            state = state.after(
                event, number: index + 1, at: ManualClock.start, by: "ada", reason: "why")
        }
        return state
    }

    @Test("every plan since the last followed one is remembered, that one included")
    func window() {
        let state = folded([move("a"), .followed(1), move("b"), move("c")])
        #expect(state.plans.map(\.entry) == [1, 3, 4])
        #expect(!state.isFollowed)
        #expect(
            folded([move("a"), .followed(1), move("b"), .followed(3)]).plans.map(\.entry) == [3])
    }

    @Test("a plan that is no longer in force cannot be followed, announcing it says nothing")
    func outdated() {
        let state = folded([
            move("a"), move("b"), .followed(1), .announcing(1, hook: "x"),
            .announced(1, hook: "x", .delivered("204")),
        ])
        #expect(!state.isFollowed)
        #expect(state.plans.count == 2)
        #expect(state.announcements.isEmpty)
    }

    @Test("what was adopted is there already")
    func adopted() {
        let state = folded([move("a"), move("b", .adopt)])
        #expect(state.isFollowed)
        #expect(state.plans.map(\.commit) == [.named("b")])
    }

    @Test("a new move has its own announcements")
    func announcements() {
        let state = folded([
            move("a"), .followed(1), .announcing(1, hook: "x"),
            .announced(1, hook: "x", .failed("no answer")),
        ])
        #expect(state.announcements.map(\.outcome) == [.failed("no answer")])
        let next = state.after(
            move("b"), number: 5, at: ManualClock.start, by: "ada", reason: nil)
        #expect(next.announcements.isEmpty)
    }

    @Test("a rollback holds and quarantines, resume lifts both as far as it names them")
    func rollback() {
        let state = folded([move("b"), move("a", .rollback), .quarantine(.named("y"))])
        #expect(state.hold?.reason == "why")
        #expect(state.isQuarantined(.named("z")))
        #expect(state.isQuarantined(.named("y")))
        let resumed = state.after(
            .resume(floor: .named("f"), released: [.named("z")]), number: 4,
            at: ManualClock.start, by: "ada", reason: nil)
        #expect(resumed.hold == nil)
        #expect(resumed.floor == .named("f"))
        #expect(!resumed.isQuarantined(.named("z")))
        #expect(resumed.isQuarantined(.named("y")))
    }
}
