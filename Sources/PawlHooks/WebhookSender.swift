package import PawlCore
package import PawlHTTP
package import PawlPorts

/// Tells webhooks of moves: a POST for each, repeated until the receiver takes it or refuses it for
/// good. Repeating does no harm, since every attempt bears the entry's id as its key.
///
/// The repeating is done here and not by `RetryingExchange`: it is for one-shot use, within
/// `Limits.hookWindow`, and that one's trace shows paths. The path of a webhook is often its
/// password, so nothing that this type says has more of an address than its host. What a receiver
/// answers is thrown away for the same reason: error pages like to quote the path.
package struct WebhookSender: Sendable {
    private let exchange: any Exchange
    private let clock: Clock
    private let jitter: @Sendable () -> Double

    /// - Parameters:
    ///   - exchange: Makes one attempt of a request and follows no redirect.
    ///   - clock: Its sleep is the pauses, and bounds each attempt.
    ///   - jitter: Gives a number from 0 up to 1 at random.
    package init(
        exchange: any Exchange, clock: Clock, jitter: @escaping @Sendable () -> Double
    ) {
        self.exchange = exchange
        self.clock = clock
        self.jitter = jitter
    }

    /// Tells one webhook. Gives the status that it took the message with: `200`, or
    /// `200 after 2 attempts`. The failure's subject is the hook's name.
    package func tell(
        _ announcement: Announcement, at address: Secret, signedBy secret: Secret?
    ) async throws(PortFailure) -> String {
        let name = Hook.webhook(address, secret: secret).name
        let message = WebhookMessage(announcement, signedBy: secret)
        let request = Request(
            .post, try Self.checked(address, name), headers: message.headers, body: message.body,
            answerBytesMax: Limits.hookAnswerBytesMax, isRepeatable: false)
        let begin = clock.now()
        var count = 1
        while true {
            let setback: Setback
            switch await attempt(request) {
            case .taken(let status):
                return count == 1 ? "\(status)" : "\(status) after \(count) attempts"
            case .refused(let refusal):
                throw refusal.failure(of: name, attempts: count)
            case .failed(let failed):
                setback = failed
            }
            let pause = max(ownPause(after: count), setback.asked ?? .zero)
            guard count < Limits.hookAttemptsMax,
                clock.now().since(begin) + pause <= Limits.hookWindow
            else { throw setback.failure(of: name, attempts: count) }
            do {
                try await clock.sleep(pause)
            } catch {
                throw Setback(.timedOut, "the run ended during a pause")
                    .failure(of: name, attempts: count)
            }
            count += 1
        }
    }

    /// The address, if a message may be sent there. The policy's reader has looked already; this is
    /// the last moment at which somebody can.
    private static func checked(
        _ address: Secret, _ name: String
    ) throws(PortFailure) -> String {
        guard let parts = Address(address.exposed) else {
            throw PortFailure(code: .garbled, subject: name, detail: "its address is not one")
        }
        guard !parts.hasUserInformation else {
            throw PortFailure(
                code: .untrusted, subject: name,
                detail: "its address has a user or password in it",
                advice: "Remove it; use `secret:` to sign the body.")
        }
        let isHere = (try? RegistryHost(parts.authority))?.isLoopback ?? false
        guard parts.scheme == "https" || isHere else {
            throw PortFailure(
                code: .untrusted, subject: name, detail: "plain http is for this machine only",
                advice: "Use https.")
        }
        return address.exposed
    }

    /// One attempt, within `Limits.hookTimeout`.
    private func attempt(_ request: Request) async -> Attempt {
        let answer = await withTaskGroup(of: Result<Response, PortFailure>?.self) { group in
            group.addTask {
                do throws(PortFailure) {
                    // The body of a 200 is not waited for: its head says that it was taken.
                    return .success(try await exchange.open(request).head)
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                do { try await clock.sleep(Limits.hookTimeout) } catch {}
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        guard !Task.isCancelled else {
            return .refused(Setback(.timedOut, "the run ended before an answer"))
        }
        switch answer {
        case .success(let response): return Attempt(response, now: clock.now())
        case .failure(let failure): return Attempt(failure)
        case nil:
            return .failed(
                Setback(.timedOut, "no answer came within \(Limits.hookTimeout.inWords)"))
        }
    }

    /// Half of the doubled pause, and up to as much again by chance.
    private func ownPause(after count: Int) -> Duration {
        let half = Limits.hookPause.milliseconds << (count - 1) / 2
        return .milliseconds(half + Int64(Double(half) * jitter()))
    }
}
