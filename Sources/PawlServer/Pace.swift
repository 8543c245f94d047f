import PawlCore

/// How often a server looks by itself. The rates bound what many sweeps and patrols cost together:
/// where there are so many that a period would need more, the period is as long as the rate lets it
/// be. A look in full has no such bound: it finds what nothing else would.
package struct Pace: Hashable, Sendable {
    /// A repository is asked what changed.
    package var sweep = Duration.seconds(60)
    /// Every channel is looked at in full, however many there are.
    package var full = Duration.seconds(300)
    /// A channel's target tags are read.
    package var patrol = Duration.seconds(60)
    /// Between the first looks of two channels, when many begin at once; shorter where so many
    /// would not all have theirs within `full`.
    package var start = Duration.milliseconds(50)
    /// Repositories asked in a second, at most.
    package var sweepsPerSecond = 5.0
    /// Channels whose tags are read in a second, at most.
    package var patrolsPerSecond = 5.0
    /// First pause after something could not be read; doubled each time, with jitter.
    package var retry = Duration.seconds(5)
    /// Longest such pause.
    package var retryMax = Duration.seconds(300)
    /// Finished deliveries are kept so long, to know their repetitions.
    package var deliveriesKept = Duration.seconds(30 * 86400)
    /// Deliveries that wait are read again without a word of new ones.
    package var reread = Duration.seconds(60)

    /// The defaults are the contract's.
    package init() {}

    /// The period for so many that share a rate.
    func period(_ period: Duration, of count: Int, perSecond: Double) -> Duration {
        max(period, .milliseconds(Int64(Double(count) * 1000 / perSecond)))
    }

    /// The pause after so many failures in a row: at least half of it, the rest by chance.
    func pause(afterFailures count: Int, chance: Double) -> Duration {
        let doubled = retry.milliseconds << min(max(0, count - 1), 20)
        let whole = min(doubled, retryMax.milliseconds)
        return .milliseconds(whole - Int64(Double(whole) / 2 * min(max(chance, 0), 1)))
    }
}
