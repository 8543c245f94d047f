package import PawlCore
package import PawlPorts

/// Repeats what may succeed the next time: transient statuses and broken connections, up to
/// `Limits.attemptsMax` attempts, with full jitter and never sooner than the server asks.
///
/// The answer to the last attempt is given back as it is. A server that asks for more than
/// `Limits.serverPauseMax` ends the attempts with `throttled`, which says how long it asks for.
package struct RetryingExchange: Exchange {
    private let inner: any Exchange
    private let clock: Clock
    private let jitter: @Sendable () -> Double
    private let trace: Trace
    private let gates = HostGates()

    /// `jitter` gives a number from 0 up to 1 at random.
    package init(
        _ inner: any Exchange, clock: Clock, jitter: @escaping @Sendable () -> Double,
        trace: Trace = .none
    ) {
        self.inner = inner
        self.clock = clock
        self.jitter = jitter
        self.trace = trace
    }

    /// Up to `Limits.attemptsMax` attempts.
    package func send(_ request: Request) async throws(PortFailure) -> Response {
        let address = Address(request.url)
        let host = address?.authority ?? ""
        guard request.isRepeatable else { return try await sendOnce(request, to: address, host) }
        var attempt = 1
        while true {
            try await waitForGate(of: host)
            let pause: Duration
            do throws(PortFailure) {
                let response = try await send(request, to: address, attempt: attempt)
                guard ServerPause.isTransient(response) else { return response }
                let asked = ServerPause.asked(by: response, now: clock.now())
                if let asked {
                    gates.shut(host, until: clock.now() + asked)
                    guard asked <= Limits.serverPauseMax else {
                        throw Self.throttled(host, response.status, asked)
                    }
                }
                guard attempt < Limits.attemptsMax else { return response }
                // The host's gate makes everybody wait for what the server asks.
                let own = ownPause(after: attempt)
                pause = own > asked ?? .zero ? own : .zero
            } catch {
                guard attempt < Limits.attemptsMax,
                    error.code == .unreachable || error.code == .timedOut, !Task.isCancelled
                else { throw error }
                // The usual cause of the first one is a kept connection that the server has closed
                // meanwhile; a new one works at once.
                pause =
                    attempt == 1 && error.code == .unreachable ? .zero : ownPause(after: attempt)
            }
            try await sleep(pause, host)
            attempt += 1
        }
    }

    /// A write is sent once, and not at all while its host wants to be left alone: whoever sends it
    /// must look at its target again after any pause.
    private func sendOnce(
        _ request: Request, to address: Address?, _ host: String
    ) async throws(PortFailure) -> Response {
        let shut = gates.pause(of: host, now: clock.now())
        guard shut == .zero else { throw Self.throttled(host, nil, shut) }
        let response = try await send(request, to: address, attempt: 1)
        shutGate(of: host, after: response)
        return response
    }

    /// One attempt: whoever takes a body in pieces must begin again from its first byte. A pause
    /// that the host asked for is waited.
    package func open(_ request: Request) async throws(PortFailure) -> StreamedResponse {
        let host = Address(request.url)?.authority ?? ""
        try await waitForGate(of: host)
        var opened: StreamedResponse?
        _ = try await traced(request) { () throws(PortFailure) in
            let answer = try await inner.open(request)
            opened = answer
            return answer.head
        }
        guard let opened else { throw Self.throttled(host, nil, .zero) }
        shutGate(of: host, after: opened.head)
        return opened
    }

    /// One attempt, for the same reason.
    package func send(
        _ request: Request, body: ByteStream, bytes: Int
    ) async throws(PortFailure) -> Response {
        let host = Address(request.url)?.authority ?? ""
        try await waitForGate(of: host)
        let response = try await traced(request) { () throws(PortFailure) in
            try await inner.send(request, body: body, bytes: bytes)
        }
        shutGate(of: host, after: response)
        return response
    }

    private func shutGate(of host: String, after response: Response) {
        guard ServerPause.isTransient(response),
            let asked = ServerPause.asked(by: response, now: clock.now())
        else { return }
        gates.shut(host, until: clock.now() + asked)
    }

    private func traced(
        _ request: Request, _ attempt: () async throws(PortFailure) -> Response
    ) async throws(PortFailure) -> Response {
        try await send(request, to: Address(request.url), attempt: 1, by: attempt)
    }

    private func send(
        _ request: Request, to address: Address?, attempt: Int
    ) async throws(PortFailure) -> Response {
        try await send(request, to: address, attempt: attempt) { () throws(PortFailure) in
            try await inner.send(request)
        }
    }

    private func send(
        _ request: Request, to address: Address?, attempt: Int,
        by send: () async throws(PortFailure) -> Response
    ) async throws(PortFailure) -> Response {
        let begin = clock.now()
        func told(_ status: Int?, _ failure: PortFailure.Code?) -> Trace.Attempt {
            Trace.Attempt(
                method: request.method.rawValue.uppercased(),
                address: address?.withoutQuery ?? "", status: status,
                failure: failure?.rawValue, milliseconds: clock.now().since(begin).milliseconds,
                attempt: attempt)
        }
        do throws(PortFailure) {
            let response = try await send()
            trace.tell(told(response.status, nil))
            return response
        } catch {
            trace.tell(told(nil, error.code))
            throw error
        }
    }

    /// A pause that another request was told of is waited here too; another one may have begun
    /// meanwhile.
    private func waitForGate(of host: String) async throws(PortFailure) {
        while true {
            let pause = gates.pause(of: host, now: clock.now())
            if pause == .zero { return }
            guard pause <= Limits.serverPauseMax else { throw Self.throttled(host, nil, pause) }
            try await sleep(pause, host)
        }
    }

    /// Full jitter: anything between nothing and the doubled pause.
    private func ownPause(after attempt: Int) -> Duration {
        let ceiling = min(
            Limits.retryPauseMax.milliseconds,
            Limits.retryPause.milliseconds << min(attempt - 1, 20))
        return .milliseconds(Int64(Double(ceiling) * jitter()))
    }

    private func sleep(_ pause: Duration, _ host: String) async throws(PortFailure) {
        guard pause > .zero else { return }
        do {
            try await clock.sleep(pause)
        } catch {
            throw PortFailure(
                code: .timedOut, subject: host, detail: "the run ended during a pause")
        }
    }

    private static func throttled(
        _ host: String, _ status: Int?, _ pause: Duration
    ) -> PortFailure {
        let seconds = (pause.milliseconds + 999) / 1000
        let answered = status.map { "the server answered \($0) and" } ?? "the server"
        return PortFailure(
            code: .throttled, subject: host, detail: "\(answered) asks for a pause of \(seconds) s",
            advice: "Run again in \(seconds) s, when the limit of \(host) is over.")
    }
}
