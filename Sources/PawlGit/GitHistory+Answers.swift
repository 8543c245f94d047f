import PawlCore

/// What git printed, read or refused.
extension GitHistory {
    /// An answer with exit status 0.
    func answer(
        _ arguments: [String], input: String = "", asking subject: String
    ) async throws(PortFailure) -> GitCommand.Answer {
        let answer = try await git.run(arguments, input: input, asking: subject)
        guard answer.exitCode == 0 else {
            throw try await failure(answer, subject: subject)
        }
        return answer
    }

    /// A "no" about ancestry is none where the walk met a hole: git before 2.45 says so on its
    /// standard error alone, and ends as if it had seen everything.
    func refuseNo(
        _ answer: GitCommand.Answer, subject: String
    ) async throws(PortFailure) {
        guard !answer.hasComplaints else {
            throw unexpected(answer, subject: subject)
        }
        try await refuseIfShallow(subject)
    }

    /// In a shallow clone a walk ends where the clone was cut, so that it can prove but not rule
    /// out.
    func refuseIfShallow(_ subject: String) async throws(PortFailure) {
        guard try await isShallow(subject) else { return }
        throw PortFailure(
            code: .unsupported, subject: subject,
            detail: "the clone is shallow, and what it has does not settle it",
            advice: "Fetch the whole history (git fetch --unshallow).")
    }

    private func isShallow(_ subject: String) async throws(PortFailure) -> Bool {
        let answer = try await git.run(["rev-parse", "--is-shallow-repository"], asking: subject)
        switch (answer.exitCode, answer.lines) {
        case (0, ["true"]): return true
        case (0, ["false"]): return false
        default: throw unexpected(answer, subject: subject)
        }
    }

    /// Why git ended badly: mostly because the clone lacks a commit.
    func failure(
        _ answer: GitCommand.Answer, subject: String
    ) async throws(PortFailure) -> PortFailure {
        let words = String(decoding: answer.errors, as: UTF8.self)
        let isMissing = [
            "Not a valid commit name", "bad object", "could not get object info",
            "not allowed", "promisor", "missing", "not a tree object", "lazy fetching disabled",
        ].contains { words.contains($0) }
        guard isMissing else { return unexpected(answer, subject: subject) }
        return PortFailure(
            code: .missing, subject: subject,
            detail: "the clone lacks a commit that is needed (git: \(printable(words)))",
            advice: try await isShallow(subject)
                ? "Fetch the whole history (git fetch --unshallow)."
                : "Fetch it (git fetch origin).")
    }

    func unexpected(_ answer: GitCommand.Answer, subject: String) -> PortFailure {
        PortFailure(
            code: .garbled, subject: subject,
            detail: "git ended with status \(answer.exitCode) and said: "
                + printable(String(decoding: answer.errors, as: UTF8.self)))
    }

    func garbled(_ line: String, subject: String) -> PortFailure {
        PortFailure(
            code: .garbled, subject: subject,
            detail: "git printed a line that Pawl does not know: \(printable(line))")
    }

    func commit(
        _ text: some StringProtocol, subject: String
    ) throws(PortFailure) -> CommitID {
        do throws(CommitID.Malformed) {
            return try CommitID(text)
        } catch .length(64) {
            throw PortFailure(
                code: .unsupported, subject: subject,
                detail: "the repository has SHA-256 ids, which Pawl does not handle yet")
        } catch {
            throw garbled(String(text), subject: subject)
        }
    }
}
