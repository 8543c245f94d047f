package import PawlCore
import Synchronization

/// How many requests the server still allows, as its newest answer says.
package final class RequestBudget: Sendable {
    /// What one answer said.
    package struct Reading: Hashable, Sendable, CustomStringConvertible {
        /// Requests left until the reset.
        package let remaining: Int
        /// Requests from one reset to the next.
        package let limit: Int
        /// When the count begins anew.
        package let reset: Instant

        /// `4987 of 5000 until 2026-04-01T13:00:00Z`.
        package var description: String { "\(remaining) of \(limit) until \(reset.timestamp)" }
    }

    private let reading = Mutex<Reading?>(nil)

    /// Nothing is known yet.
    package init() {}

    /// The newest; `nil` if no answer said anything.
    package var newest: Reading? { reading.withLock { $0 } }

    /// Takes the headers of an answer, if they are whole and make sense.
    func note(_ response: Response) {
        func number(_ name: String) -> Int64? {
            response.header(name).flatMap { Int64($0.trimmed) }.flatMap { $0 < 0 ? nil : $0 }
        }
        guard let remaining = number("X-RateLimit-Remaining"),
            let limit = number("X-RateLimit-Limit"), remaining <= limit,
            let reset = number("X-RateLimit-Reset"), reset <= 253_402_300_799
        else { return }
        let read = Reading(
            remaining: Int(remaining), limit: Int(limit),
            reset: Instant(millisecondsSinceEpoch: reset * 1000))
        reading.withLock { newest in
            // Answers overtake each other; within one period the count only falls.
            if let known = newest, known.limit == read.limit, known.reset == read.reset,
                known.remaining < read.remaining
            {
                return
            }
            newest = read
        }
    }
}

/// Reads the budget from every answer that goes through it. It stands below `RetryingExchange`, so
/// that a refused attempt's word counts too.
package struct BudgetExchange: Exchange {
    private let inner: any Exchange
    private let budget: RequestBudget

    /// Reads the answers of `inner`.
    package init(_ inner: any Exchange, budget: RequestBudget) {
        self.inner = inner
        self.budget = budget
    }

    /// One request.
    package func send(_ request: Request) async throws(PortFailure) -> Response {
        let response = try await inner.send(request)
        budget.note(response)
        return response
    }
}
