package import PawlCore
import Synchronization

/// Remembers answers to GET with the mark that the server gave them (`ETag`), asks the next time
/// whether that one still stands, and gives it again where the server says so (304). At GitHub such
/// a question costs nothing of the hour's requests.
///
/// What is given was said by the server just now: nothing is answered from memory alone.
package struct ConditionalExchange: Exchange {
    /// Own choice: remembered answers.
    package static let answersMax = 64
    /// Own choice: bytes of all remembered answers together.
    package static let bytesMax = 8 * 1024 * 1024

    private let inner: any Exchange
    private let memory: RememberedAnswers

    /// Stands above the exchange that repeats requests.
    package init(
        _ inner: any Exchange, answersMax: Int = Self.answersMax, bytesMax: Int = Self.bytesMax
    ) {
        self.inner = inner
        memory = RememberedAnswers(answersMax: answersMax, bytesMax: bytesMax)
    }

    /// The server's answer, or the remembered one that the server says still stands.
    package func send(_ request: Request) async throws(PortFailure) -> Response {
        guard request.method == .get, !request.has("If-None-Match"), !request.has("Range") else {
            return try await inner.send(request)
        }
        let key = RememberedAnswers.Key(request)
        guard let known = memory.answer(to: key),
            known.response.body.count <= request.answerBytesMax
        else {
            let response = try await inner.send(request)
            memory.remember(response, for: key)
            return response
        }
        var conditional = request
        conditional.headers.append((name: "If-None-Match", value: known.mark))
        let response = try await inner.send(conditional)
        guard response.status == 304 else {
            memory.remember(response, for: key)
            return response
        }
        // A 304 about some other version says nothing about this one; it is handed on as it is.
        if let mark = response.header("ETag"), mark.strong != known.mark.strong {
            memory.forget(key)
            return response
        }
        let updated = known.response.updated(by: response)
        memory.remember(updated, for: key, mark: known.mark)
        return updated
    }
}

/// Answers with their marks; the longest unused one goes first.
final class RememberedAnswers: Sendable {
    /// What an answer may depend on: the address and every header. The account is among them, so
    /// that one account's answer is never another's.
    struct Key: Hashable {
        private let url: String
        private let headers: [[String]]

        init(_ request: Request) {
            url = request.url
            headers = request.headers.map { [$0.name.lowercased(), $0.value] }
                .sorted { $0.lexicographicallyPrecedes($1) }
        }

        var bytes: Int { url.utf8.count + headers.joined().reduce(0) { $0 + $1.utf8.count } }
    }

    struct Answer {
        let mark: String
        let response: Response
        let bytes: Int
        var lastUse: Int
    }

    private struct State {
        var answers: [Key: Answer] = [:]
        var bytes = 0
        var uses = 0
    }

    private let answersMax: Int
    private let bytesMax: Int
    private let state = Mutex(State())

    init(answersMax: Int, bytesMax: Int) {
        self.answersMax = answersMax
        self.bytesMax = bytesMax
    }

    func answer(to key: Key) -> Answer? {
        state.withLock { state in
            state.uses += 1
            state.answers[key]?.lastUse = state.uses
            return state.answers[key]
        }
    }

    /// Keeps a 200 that has a mark; any other answer leaves what is kept, which is never used
    /// without the server's word.
    func remember(_ response: Response, for key: Key, mark: String? = nil) {
        guard response.status == 200 else { return }
        forget(key)
        let isPrivate = response.all("Cache-Control").contains {
            $0.lowercased().contains("no-store")
        }
        guard !isPrivate, let mark = mark ?? response.header("ETag"), mark.isUsableMark else {
            return
        }
        let headers = response.headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        let bytes = response.body.count + headers + key.bytes
        guard bytes <= bytesMax else { return }
        state.withLock { state in
            state.uses += 1
            state.answers[key] = Answer(
                mark: mark, response: response, bytes: bytes, lastUse: state.uses)
            state.bytes += bytes
            while state.answers.count > answersMax || state.bytes > bytesMax {
                guard
                    let oldest = state.answers.min(by: { $0.value.lastUse < $1.value.lastUse })
                else { return }
                state.answers[oldest.key] = nil
                state.bytes -= oldest.value.bytes
            }
        }
    }

    func forget(_ key: Key) {
        state.withLock { state in
            guard let answer = state.answers.removeValue(forKey: key) else { return }
            state.bytes -= answer.bytes
        }
    }
}

extension Request {
    fileprivate func has(_ name: String) -> Bool {
        headers.contains { $0.name.lowercased() == name.lowercased() }
    }
}

extension Response {
    /// The same content with the newer answer's headers in place of its own (RFC 9111, 3.2), but
    /// for those that describe the content, of which a 304 has none.
    fileprivate func updated(by newer: Response) -> Response {
        let news = newer.headers.filter { header in
            let name = header.name.lowercased()
            return !name.hasPrefix("content-") && name != "transfer-encoding"
        }
        let names = Set(news.map { $0.name.lowercased() })
        return Response(
            status: status,
            headers: headers.filter { !names.contains($0.name.lowercased()) } + news,
            body: body)
    }
}

extension String {
    /// Without the sign of a weak mark: whether a version still stands is a weak question (RFC
    /// 9110, 13.1.2).
    fileprivate var strong: Substring { hasPrefix("W/") ? dropFirst(2) : self[...] }

    /// Whether it can be sent back as it came.
    fileprivate var isUsableMark: Bool {
        strong.count >= 2 && strong.hasPrefix("\"") && hasSuffix("\"")
            && utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
