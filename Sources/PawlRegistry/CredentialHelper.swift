import PawlCore
import PawlHTTP
import PawlImages
import PawlPorts
import Subprocess
import SystemPackage

/// Runs programs that keep credentials (docker-credential-helpers): `docker-credential-NAME get`,
/// the server on standard input, JSON on standard output. No shell; bounded time and output.
///
/// What a helper prints is its secret and its error message alike, so nothing of what looks like a
/// document is ever told.
struct CredentialHelper: Sendable {
    /// The protocol's own word for "there is none" (`credentials.ErrCredentialsNotFound`).
    private static let notFound = "credentials not found in native keychain"

    private let environment: [String: String]
    private let clock: PawlPorts.Clock

    /// Helpers get the whole environment: those of clouds read their accounts from it.
    init(environment: [String: String], clock: PawlPorts.Clock) {
        self.environment = environment
        self.clock = clock
    }

    /// A helper's credential, or its own word that it has none.
    func credential(_ question: HelperQuestion) async throws(PortFailure) -> Credential? {
        let outcome = await withTaskGroup(of: Outcome.self) { group in
            group.addTask { await run(question) }
            group.addTask {
                do {
                    try await clock.sleep(Limits.helperTimeout)
                    return .failed(
                        failure(
                            .timedOut, question,
                            "did not answer within \(Limits.helperTimeout.inWords)"))
                } catch {
                    return .failed(failure(.timedOut, question, "was stopped before it answered"))
                }
            }
            // The slower of the two is cancelled: a helper that is still running is ended.
            defer { group.cancelAll() }
            return await group.next() ?? .failed(failure(.timedOut, question, "was not run"))
        }
        switch outcome {
        case .answered(let answer): return try credential(in: answer, question)
        case .failed(let failure): throw failure
        }
    }

    private struct Answer: Sendable {
        let hasSucceeded: Bool
        let output: [UInt8]
        let errors: [UInt8]
    }

    private enum Outcome: Sendable {
        case answered(Answer)
        case failed(PortFailure)
    }

    private func run(_ question: HelperQuestion) async -> Outcome {
        let variables = environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        do {
            // Written before the helper runs, so that one that does not read it breaks no pipe.
            let pipe = try FileDescriptor.pipe()
            try pipe.writeEnd.closeAfter { _ = try pipe.writeEnd.writeAll(question.server.utf8) }
            let result = try await Subprocess.run(
                .name(question.program), arguments: ["get"],
                environment: .custom(
                    Dictionary(variables, uniquingKeysWith: { first, _ in first })),
                input: .fileDescriptor(pipe.readEnd, closeAfterSpawningProcess: true),
                output: .bytes(limit: Limits.helperOutputBytesMax),
                error: .bytes(limit: Limits.helperOutputBytesMax))
            return .answered(
                Answer(
                    hasSucceeded: result.terminationStatus.isSuccess,
                    output: result.standardOutput, errors: result.standardError))
        } catch let error as SubprocessError {
            return .failed(failure(error, question))
        } catch {
            return .failed(failure(.unreachable, question, "could not be run"))
        }
    }

    private func failure(_ error: SubprocessError, _ question: HelperQuestion) -> PortFailure {
        switch error.code {
        case .executableNotFound:
            failure(
                .denied, question, "is not on PATH",
                advice: "Install \(question.program), or take it out of credsStore and credHelpers "
                    + "in \(question.place).")
        case .outputLimitExceeded:
            failure(
                .tooLarge, question, "printed more than \(Limits.helperOutputBytesMax) bytes")
        default: failure(.unreachable, question, "could not be run")
        }
    }

    private func credential(
        in answer: Answer, _ question: HelperQuestion
    ) throws(PortFailure) -> Credential? {
        let output = String(decoding: answer.output, as: UTF8.self)
        if trimmed(output) == Self.notFound { return nil }
        guard answer.hasSucceeded else {
            let words = words(of: answer)
            throw failure(
                .denied, question, "failed" + (words.isEmpty ? "" : " (\(words))"),
                advice: "Run `echo \(question.server) | \(question.program) get` to see why.")
        }
        guard let members = try? JSON(answer.output).object, let user = text("Username", members),
            let secret = text("Secret", members)
        else {
            throw failure(.garbled, question, "printed no user name with a secret")
        }
        // Some helpers say so that they have nothing for the server.
        if user.isEmpty, secret.isEmpty { return nil }
        guard !user.isEmpty, !secret.isEmpty else {
            throw failure(.garbled, question, "printed a user name or a secret that is empty")
        }
        return user == "<token>"
            ? .identityToken(user: user, token: secret) : .password(user: user, password: secret)
    }

    /// Names in any case, as the protocol's own reader takes them; a doubled one is none.
    private func text(_ name: String, _ members: [JSON.Member]) -> String? {
        let found = members.filter { $0.name.lowercased() == name.lowercased() }
        return found.count == 1 ? found[0].value.string : nil
    }

    /// A helper's complaint, unless a document is in it, which may be the credential itself.
    private func words(of answer: Answer) -> String {
        for bytes in [answer.output, answer.errors] where !bytes.contains(UInt8(ascii: "{")) {
            let line = OutsideText.line(bytes, max: 200)
            if !line.isEmpty { return line }
        }
        return ""
    }

    private func trimmed(_ text: String) -> String {
        String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }

    private func failure(
        _ code: PortFailure.Code, _ question: HelperQuestion, _ clause: String,
        advice: String? = nil
    ) -> PortFailure {
        PortFailure(
            code: code, subject: question.server,
            detail: "the credential helper \(question.program), which \(question.place) names, "
                + clause,
            advice: advice)
    }
}
