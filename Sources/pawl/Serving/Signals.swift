import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Signals that came, noted by the handler and read now and then: a handler may do nothing more.
enum Signals {
    private static let stops = Atomic<Int>(0)
    private static let reloads = Atomic<Int>(0)

    /// From now on the first SIGTERM or SIGINT is noted, the second ends the process at once, and
    /// SIGHUP is noted. A client that goes away is no signal.
    static func watch() {
        _ = (stops.load(ordering: .relaxed), reloads.load(ordering: .relaxed))
        for number in [SIGTERM, SIGINT] {
            signal(number) { number in
                if Signals.stops.add(1, ordering: .relaxed).newValue > 1 { _exit(128 + number) }
            }
        }
        signal(SIGHUP) { _ in Signals.reloads.add(1, ordering: .relaxed) }
        signal(SIGPIPE, SIG_IGN)
    }

    /// Whether the process shall end.
    static var wantsStop: Bool { stops.load(ordering: .relaxed) > 0 }

    /// Whether SIGHUP came since this was asked last.
    static func takeReload() -> Bool { reloads.exchange(0, ordering: .relaxed) > 0 }
}
