import PawlCore
import Synchronization

/// What helpers have answered. Some take seconds, and some ask a person: each is run once for a
/// host, however many repositories and requests need its answer at the same time.
final class HelperAnswers: Sendable {
    private struct Key: Hashable {
        let program: String
        let server: String
    }

    private typealias Flight = Task<Result<Credential?, PortFailure>, Never>

    private let helper: CredentialHelper
    private let flights = Mutex<[Key: Flight]>([:])

    init(of helper: CredentialHelper) { self.helper = helper }

    /// The answer, or the failure, of the one run.
    func answer(to question: HelperQuestion) async throws(PortFailure) -> Credential? {
        let key = Key(program: question.program, server: question.server)
        let helper = helper
        let flight = flights.withLock { flights in
            let flight =
                flights[key]
                ?? Task {
                    do throws(PortFailure) {
                        return .success(try await helper.credential(question))
                    } catch {
                        return .failure(error)
                    }
                }
            flights[key] = flight
            return flight
        }
        return try await flight.value.get()
    }
}
