import Hummingbird
import PawlCore
import PawlPorts
import PawlServer

extension Pages {
    /// Who asks, if logged in.
    struct Visitor {
        let session: Sessions.Session
        let cookie: String
    }

    func isSecure(_ request: Request) -> Bool { alwaysSecure || request.isSecure }

    func visitor(_ request: Request) -> Visitor? {
        let cookie = SessionCookie.value(in: request, isSecure: isSecure(request))
        guard let cookie, let session = sessions.session(of: cookie) else { return nil }
        return Visitor(session: session, cookie: cookie)
    }

    func overview(_ request: Request) -> Response {
        let asked = Form(request.uri.query ?? "")
        let view = Overview(
            board.situations, complaints: board.complaints, query: asked?["q"] ?? "",
            state: asked?["state"] ?? "", page: Int(asked?["page"] ?? "") ?? 1, now: clock.now())
        return page("overview", "Channels", view, request)
    }

    func channel(_ request: Request, _ context: BasicRequestContext) -> Response {
        guard let situation = situation(context) else {
            return trouble(
                .notFound, "No such channel", "This server keeps no channel of that name.", request)
        }
        let view = ChannelPage(
            situation, mayAct: visitor(request) != nil, asked: Form(request.uri.query ?? ""),
            now: clock.now())
        return page("channel", "\(situation.address)", view, request)
    }

    /// The channel that an address names, if there is one.
    func situation(_ context: BasicRequestContext) -> Situation? {
        guard let owner = context.parameters.get("owner"),
            let name = context.parameters.get("repository"),
            let repository = try? CodeRepository("\(owner)/\(name)"),
            let channel = try? Channel.Name(context.parameters.get("channel") ?? "")
        else { return nil }
        return board.situation(of: ChannelAddress(repository, channel))
    }

    /// A page with its frame. What is left to be said to a person is said with the page that they
    /// see, not with one that a script fetches.
    func page(
        _ template: String, _ title: String, _ view: Any, _ request: Request,
        _ status: HTTPResponse.Status = .ok
    ) -> Response {
        let visitor = visitor(request)
        let isFetched = request.header("pawl-live") != nil
        let notice = isFetched ? nil : visitor.flatMap { sessions.takeNotice(of: $0.cookie) }
        let frame = Frame(
            title: title, person: visitor?.session.person,
            formToken: visitor?.session.formToken ?? "",
            loginBackPath: request.uri.path.inAnAddress,
            mayLogIn: adminToken != nil,
            notice: notice.map {
                Frame.FrameNotice(
                    noticeTitle: $0.title, noticeLines: $0.lines,
                    noticeBadge: $0.isGood
                        ? Badge(.check, "done", "good") : Badge(.triangle, "not done", "wait"))
            }, asOf: Moment(clock.now(), now: clock.now()), view: view)
        return PageHeaders.page(status, templates.page(template, frame))
    }

    /// A page that says what is wrong and how to go on.
    func trouble(
        _ status: HTTPResponse.Status, _ heading: String, _ explanation: String,
        _ request: Request, onward: String = "All channels", to path: String = "/"
    ) -> Response {
        let view = Trouble(
            heading: heading, explanation: explanation, onward: onward, onwardPath: path)
        return page("trouble", heading, view, request, status)
    }
}

/// What `TroubleTemplate` shows.
struct Trouble {
    let heading: String
    let explanation: String
    let onward: String
    let onwardPath: String
}
