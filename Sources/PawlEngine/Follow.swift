import PawlCore
import PawlPorts

/// Makes the tags have the digests of the plan in force. Safe to repeat, by anyone, any number of
/// times: it decides nothing.
struct Follow: Sendable {
    let ports: Ports
    let channel: Channel

    /// What came of it.
    enum Outcome: Sendable {
        /// Every tag of the plan has its digest; these were written now.
        case done(moved: Set<ImageReference>)
        /// Not every tag could be written.
        case stopped(moved: Set<ImageReference>, reasons: [Reason], Obstacle?)
    }

    /// Why trying again cannot help.
    struct Obstacle: Hashable, Sendable {
        /// Tags that may not be written at all, and where they are.
        var stuck: [ImageReference: Fact<Digest>]
        /// Whether it is this run's rights that are missing: another run may have them.
        var isDenied: Bool
    }

    /// `images` are the targets as they were read. `isLate`: another plan may have been written
    /// since, also by this run, so that nothing that was read is believed.
    func callAsFunction(
        _ state: ChannelState, _ images: [Facts.ImageFacts], isLate: Bool
    ) async -> Outcome {
        guard let recorded = state.plan else { return .done(moved: []) }
        let plan = Plan(following: recorded, images: images, tag: channel.to)
        let writer = TagWriter(ports: ports)
        let needed = plan.moves.filter { isLate || $0.isNeeded || isDoubtful($0, state) }
        var moved: Set<ImageReference> = []
        var failed: [(Plan.Move, PortFailure)] = []
        for (move, failure) in await writer.write(needed) {
            if let failure {
                failed.append((move, failure))
            } else if move.isNeeded {
                moved.insert(move.target)
            }
        }
        // A tag that may not be written needs no write if it is where it belongs.
        let refused = failed.filter { $1.isPermanent || $1.code == .missing }.map(\.0)
        let looks = await writer.look(at: refused)
        failed.removeAll { move, _ in looks.contains { $0 == move && $1 == .seen(move.digest) } }
        guard !failed.isEmpty else { return .done(moved: moved) }

        for (move, failure) in failed { ports.observer.tell(.notMoved(move.target, failure)) }
        let reasons = failed.map { notMoved($1, "\($0.target)") }
        guard failed.contains(where: { $1.isPermanent || $1.code == .missing }) else {
            return .stopped(moved: moved, reasons: reasons, nil)
        }
        var obstacle = Obstacle(
            stuck: [:],
            isDenied: failed.contains { $1.code == .denied || $1.code == .untrusted })
        for (move, failure) in failed where failure.isPermanent {
            obstacle.stuck[move.target] = looks.first { $0.0 == move }?.1
        }
        return .stopped(moved: moved, reasons: reasons, obstacle)
    }

    /// A tag that seems to be in place may only be read too early, where a plan since the last
    /// followed one gave it another digest.
    private func isDoubtful(_ move: Plan.Move, _ state: ChannelState) -> Bool {
        state.plans.contains { plan in
            plan.digest(of: move.target).map { $0 != move.digest } ?? false
        }
    }
}
