import PawlCore

/// Works on everything, `atOnce` of it at a time. The answers keep the order. The first failure in
/// that order is the one thrown, after all work that was begun has ended; what was not begun by
/// then is left.
func all<Item: Sendable, Answer: Sendable>(
    _ items: [Item], atOnce: Int = .max,
    _ work: @escaping @Sendable (Item) async throws(PortFailure) -> Answer
) async throws(PortFailure) -> [Answer] {
    let answers = await withTaskGroup(of: (Int, Result<Answer, PortFailure>).self) { group in
        var answers: [Int: Result<Answer, PortFailure>] = [:]
        var hasFailed = false
        for (index, item) in items.enumerated() {
            if index >= atOnce, let (done, answer) = await group.next() {
                answers[done] = answer
                if case .failure = answer { hasFailed = true }
            }
            guard !hasFailed else { break }
            group.addTask {
                do throws(PortFailure) {
                    return (index, .success(try await work(item)))
                } catch {
                    return (index, .failure(error))
                }
            }
        }
        for await (index, answer) in group { answers[index] = answer }
        return answers
    }
    var done: [Answer] = []
    for index in answers.keys.sorted() {
        if let answer = answers[index] { done.append(try answer.get()) }
    }
    return done
}

extension Result where Success: Sendable, Failure == PortFailure {
    /// What work came to.
    init(_ work: () async throws(PortFailure) -> Success) async {
        do throws(PortFailure) {
            self = .success(try await work())
        } catch {
            self = .failure(error)
        }
    }
}
