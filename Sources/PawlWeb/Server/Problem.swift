import HTTPTypes
import Hummingbird
import NIOCore
import PawlCore

/// An error as RFC 9457 has it.
struct Problem: Error {
    var status: HTTPResponse.Status
    /// One sentence.
    var detail: String
    /// Members beside the usual ones.
    var more: [JSONValue.Member] = []
    /// Further header fields.
    var headers = HTTPFields()
    /// Whether the rest of the request is not worth reading.
    var closes = false

    init(_ status: HTTPResponse.Status, _ detail: String) {
        self.status = status
        self.detail = detail
    }

    /// The same, with the seconds after which a repetition may succeed.
    func retrying(after seconds: Int) -> Problem {
        var problem = self
        problem.headers[.retryAfter] = "\(seconds)"
        return problem
    }

    /// The same, with the methods that would be taken.
    func allowing(_ methods: String) -> Problem {
        var problem = self
        problem.headers[.allow] = methods
        return problem
    }

    /// The same, and the connection ends.
    var closing: Problem {
        var problem = self
        problem.closes = true
        return problem
    }

    var response: Response {
        var headers = headers
        headers[.contentType] = "application/problem+json"
        if closes { headers[.connection] = "close" }
        let members: [JSONValue.Member] = [
            JSONValue.Member(key: "type", value: .string("about:blank")),
            JSONValue.Member(key: "title", value: .string(status.reasonPhrase)),
            JSONValue.Member(key: "status", value: .integer(status.code)),
            JSONValue.Member(key: "detail", value: .string(detail)),
        ]
        return Response(
            status: status, headers: headers,
            body: ResponseBody(
                byteBuffer: ByteBuffer(string: JSONValue.object(members + more).text + "\n")))
    }
}

extension Response {
    /// A document.
    static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: value.text + "\n")))
    }

    /// Plain text.
    static func text(_ text: String, _ type: String = "text/plain; charset=utf-8") -> Response {
        Response(
            status: .ok, headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
