import HTTPTypes
import Hummingbird
import PawlCore

/// What `LoginTemplate` shows.
struct LoginView {
    let problem: String?
    let name: String
    let backTo: String
}

extension Pages {
    func loginPage(_ request: Request) -> Response {
        guard adminToken != nil else { return noLogin(request) }
        let asked = Form(request.uri.query ?? "")
        return loginForm(request, name: "", backTo: Self.ownPath(asked?["to"] ?? ""))
    }

    func logIn(_ request: Request) async -> Response {
        guard let adminToken else { return noLogin(request) }
        guard request.isFromOurPage else { return foreignForm(request) }
        guard let form = await form(of: request) else { return badForm(request) }
        let name = form["name"]
        let backTo = Self.ownPath(form["to"])
        if let pause = failedLogins.pause {
            let seconds = max(1, pause.components.seconds)
            var response = loginForm(
                request, name: name, backTo: backTo,
                problem: "Too many wrong tokens. Try again in \(seconds) s.",
                status: .tooManyRequests)
            response.headers[.retryAfter] = "\(seconds)"
            return response
        }
        guard isSame(form["secret"], adminToken.exposed) else {
            failedLogins.note()
            return loginForm(
                request, name: name, backTo: backTo, problem: "That is not the admin token.",
                status: .forbidden)
        }
        guard let person = try? PersonsName(name) else {
            return loginForm(
                request, name: "", backTo: backTo, problem: "A name \(PersonsName.rule).",
                status: .badRequest)
        }
        // A browser that comes with a session leaves it: a cookie from before never becomes one
        // that may do more.
        if let visitor = visitor(request) { sessions.end(visitor.cookie) }
        var response = PageHeaders.seeOther(backTo)
        response.headers[.setCookie] = SessionCookie.header(
            value: sessions.begin(person: person.text), isSecure: isSecure(request))
        return response
    }

    func logOut(_ request: Request) async -> Response {
        guard request.isFromOurPage else { return foreignForm(request) }
        guard let form = await form(of: request) else { return badForm(request) }
        if let visitor = visitor(request) {
            guard isSame(form["token"], visitor.session.formToken) else {
                return foreignForm(request)
            }
            sessions.end(visitor.cookie)
        }
        var response = PageHeaders.seeOther("/")
        response.headers[.setCookie] = SessionCookie.header(
            value: nil, isSecure: isSecure(request))
        return response
    }

    /// A path of this server alone: logging in must not lead elsewhere.
    static func ownPath(_ path: String) -> String {
        let isOurs =
            path.hasPrefix("/channels/")
            && path.utf8.allSatisfy { byte in
                let character = Character(Unicode.Scalar(byte))
                return character.isASCII
                    && (character.isLetter || character.isNumber || "/-._".contains(character))
            } && !path.contains("//")
        return isOurs ? path : "/"
    }

    /// The fields of a form; `nil` if they are too much or cannot be read.
    func form(of request: Request) async -> Form? {
        guard
            request.header("content-type")?.lowercased()
                .hasPrefix("application/x-www-form-urlencoded") == true,
            let body = try? await request.body.collect(upTo: Limits.formBytesMax),
            let text = String(validating: body.readableBytesView, as: UTF8.self)
        else { return nil }
        return Form(text)
    }

    private func loginForm(
        _ request: Request, name: String, backTo: String, problem: String? = nil,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        page(
            "login", "Log in", LoginView(problem: problem, name: name, backTo: backTo), request,
            status)
    }

    private func noLogin(_ request: Request) -> Response {
        trouble(
            .notFound, "No login", "The server was started without an admin token.", request)
    }

    func foreignForm(_ request: Request) -> Response {
        trouble(
            .forbidden, "Not carried out",
            "The form was not sent from one of this server's own pages, or the page was too old.",
            request)
    }

    func badForm(_ request: Request) -> Response {
        trouble(.badRequest, "Not carried out", "The form could not be read.", request)
    }
}
