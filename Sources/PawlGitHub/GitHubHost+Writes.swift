import PawlCore
import PawlHTTP

// What all writes have in common: how a refusal is told.

extension GitHubHost {
    /// What an answer means that is not the one a write has when it was done. GitHub hides what a
    /// token may not write behind a 404 as well as a 403.
    func refusal(_ response: Response, of call: Call) -> PortFailure {
        switch response.status {
        case 404:
            return failure(
                .denied, call, answered(response),
                advice:
                    "Give the token the permission \(call.permission); GitHub answers 404 where "
                    + "it is missing. \(jobAdvice(call))")
        case 403:
            let failure = failure(of: response, to: call)
            guard failure.code == .denied else { return failure }
            return PortFailure(
                code: failure.code, subject: failure.subject, detail: failure.detail,
                advice: [failure.advice, jobAdvice(call)].compactMap(\.self)
                    .joined(separator: " "))
        case 409, 422:
            let failure = failure(of: response, to: call)
            return failure.code == .missing
                ? failure : self.failure(.refused, call, answeredInFull(response))
        default: return failure(of: response, to: call)
        }
    }

    /// `GitHub answered 422 (Validation Failed: description is too long)`: what is wrong stands in
    /// a list beside the message.
    func answeredInFull(_ response: Response) -> String {
        guard let errors = try? JSONBody.read(WireComplaints.self, from: response.body) else {
            return answered(response)
        }
        let words = errors.errors.compactMap(\.message).joined(separator: ", ")
        return words.isEmpty
            ? answered(response)
            : "GitHub answered \(response.status) (\(errors.message): \(words))"
    }

    private func jobAdvice(_ call: Call) -> String {
        "A workflow's job has it by `permissions: \(call.permission)`."
    }
}

/// The body of a 422.
private struct WireComplaints: Decodable {
    struct Complaint: Decodable {
        let message: String?
    }

    let message: String
    let errors: [Complaint]
}
