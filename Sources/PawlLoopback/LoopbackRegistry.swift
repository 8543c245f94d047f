import PawlCore
import Synchronization

/// An OCI registry on loopback, in memory: the reading and retagging half of distribution-spec,
/// with a log of all requests, three ways of authentication, and faults on order.
package final class LoopbackRegistry: Sendable {
    /// Who is let in.
    package enum Authentication: Sendable {
        case open
        case basic(user: String, password: String)
        /// Tokens of that authority. The realm is the registry's own `/token` unless another is
        /// named.
        case bearer(TokenAuthority, realm: String? = nil)
        /// 401 with these `WWW-Authenticate` lines to everything.
        case challenges([String])
    }

    /// What happens instead of the right answer.
    package enum Fault: Sendable {
        /// This answer; nothing is done.
        case instead(CannedResponse)
        /// What was asked is done, and the answer changed.
        case afterwards(@Sendable (CannedResponse) -> CannedResponse)

        /// The connection is closed; nothing is done.
        package static let droppedBefore = Self.instead(
            CannedResponse(status: 200, ending: .dropsBeforeAnswer))
        /// What was asked is done, and the answer is lost.
        package static let droppedAfter = Self.afterwards { _ in
            CannedResponse(status: 200, ending: .dropsBeforeAnswer)
        }
    }

    private struct Planned: Sendable {
        let matches: @Sendable (RecordedRequest) -> Bool
        let fault: Fault
        var remaining: Int
    }

    private struct State: Sendable {
        var log: [RecordedRequest] = []
        var planned: [Planned] = []
        var staleReads: [String: Int] = [:]
    }

    /// What it keeps.
    package let store: RegistryStore
    private let server: LoopbackServer
    private let state: StateBox

    /// The handler and the registry share it before the registry exists.
    private final class StateBox: Sendable { let state = Mutex(State()) }

    private init(store: RegistryStore, server: LoopbackServer, state: StateBox) {
        self.store = store
        self.server = server
        self.state = state
    }

    /// Starts a registry on a free port.
    package static func start(
        _ authentication: Authentication = .open, store: RegistryStore = RegistryStore()
    ) async throws -> LoopbackRegistry {
        let box = StateBox()
        let server = try await LoopbackServer.start { request in
            answer(request, authentication, store, box)
        }
        return LoopbackRegistry(store: store, server: server, state: box)
    }

    /// Ends it.
    package func stop() async { await server.stop() }

    /// `127.0.0.1:PORT`.
    package var host: String { "127.0.0.1:\(server.port)" }
    /// `http://127.0.0.1:PORT`.
    package var url: String { server.url }
    /// Every request so far, in the order of arrival.
    package var log: [RecordedRequest] { state.state.withLock { $0.log } }

    /// Requests so far of a method, to addresses with this text in them.
    package func count(_ method: String, _ part: String = "") -> Int {
        log.count { $0.method == method && Self.has($0.target, part) }
    }

    /// Forgets the log.
    package func forget() { state.state.withLock { $0.log = [] } }

    /// The next `times` requests of a method, to addresses with this text in them, go wrong.
    package func plan(
        _ fault: Fault, _ method: String, _ part: String = "", times: Int = 1
    ) {
        state.state.withLock { state in
            state.planned.append(
                Planned(
                    matches: { $0.method == method && Self.has($0.target, part) }, fault: fault,
                    remaining: times))
        }
    }

    /// The next reads of a tag show what it was before it was moved the last time.
    package func goStale(_ tag: String, in path: String, reads: Int) {
        state.state.withLock { $0.staleReads["\(path):\(tag)"] = reads }
    }

    private static func has(_ text: String, _ part: String) -> Bool {
        part.isEmpty || text.indices.contains { text[$0...].hasPrefix(part) }
    }

    private static func answer(
        _ request: RecordedRequest, _ authentication: Authentication, _ store: RegistryStore,
        _ box: StateBox
    ) -> CannedResponse {
        let fault: Fault? = box.state.withLock { state in
            state.log.append(request)
            let index = state.planned.firstIndex { $0.remaining > 0 && $0.matches(request) }
            guard let index else { return nil }
            state.planned[index].remaining -= 1
            return state.planned[index].fault
        }
        if case .instead(let answer) = fault { return answer }
        let router = RegistryRouter(store: store, authentication: authentication) { path, tag in
            box.state.withLock { state in
                guard let reads = state.staleReads["\(path):\(tag)"], reads > 0 else {
                    return false
                }
                state.staleReads["\(path):\(tag)"] = reads - 1
                return true
            }
        }
        let answer = router.answer(request)
        if case .afterwards(let change) = fault { return change(answer) }
        return answer
    }
}
