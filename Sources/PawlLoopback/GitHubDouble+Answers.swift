import Synchronization

extension GitHubDouble {
    /// The answer to one request, with whatever fault is due.
    package func answer(_ request: RecordedRequest) async -> CannedResponse {
        let (snapshot, fault) = state.withLock { state in
            state.requests.append(request)
            return (state, state.dueFault(for: request))
        }
        let answers = GitHubAnswers(
            state: snapshot,
            api: "http://\(request.header("Host") ?? "127.0.0.1")\(basePath)", basePath: basePath)
        var plain = answered(request, by: answers, fault)
        if plain.status == 201, case .token = answers.appQuestion(request),
            let (token, end) = issueToken()
        {
            plain = .github(201, answers.granted(token, until: end))
        }
        let answer = charged(conditional(plain, request), snapshot)
        switch fault {
        case nil: return answer
        case .answer(let other): return other
        case .changed(let change): return change(answer)
        case .heldUntil(let release):
            await release()
            return answer
        }
    }
}

extension GitHubDouble {
    /// The right answer. What it changes is done together with the look that it rests on; a fault
    /// that stands for the answer keeps a write from being done.
    private func answered(
        _ request: RecordedRequest, by answers: GitHubAnswers, _ fault: GitHubFault?
    ) -> CannedResponse {
        if request.method != "GET", case .answer(let other) = fault,
            answers.appQuestion(request) == nil
        {
            return other
        }
        return state.withLock { state in
            GitHubAnswers(state: state, api: answers.api, basePath: basePath)
                .answer(to: request, changing: &state)
        }
    }
}

extension GitHubDouble.State {
    fileprivate mutating func dueFault(for request: RecordedRequest) -> GitHubFault? {
        guard
            let place = faults.firstIndex(where: {
                request.target.contains($0.path) && $0.left != 0
            })
        else { return nil }
        if let left = faults[place].left { faults[place].left = left - 1 }
        return faults[place].fault
    }
}

/// What GitHub would answer, given its data.
struct GitHubAnswers: Sendable {
    let state: GitHubDouble.State
    /// The API's own base address, for links.
    let api: String
    let basePath: String

    func answer(
        to request: RecordedRequest, changing next: inout GitHubDouble.State
    ) -> CannedResponse {
        var answer =
            answerToApp(request) ?? refusal(of: request) ?? routed(request, changing: &next)
        answer.headers.append((name: "X-GitHub-Api-Version-Selected", value: "2022-11-28"))
        return answer
    }

    static let notFound = CannedResponse.githubError(404, "Not Found")

    private func refusal(of request: RecordedRequest) -> CannedResponse? {
        if request.header("User-Agent")?.isEmpty != false {
            return CannedResponse(
                status: 403, contentType: "text/html",
                text: "Request forbidden by administrative rules. Please make sure your request "
                    + "has a User-Agent header.")
        }
        if let version = request.header("X-GitHub-Api-Version"),
            !["2022-11-28", "2026-03-10"].contains(version)
        {
            return .githubError(400, "Version \(version) is not supported.")
        }
        guard let authorization = request.header("Authorization") else {
            return state.isPrivate ? Self.notFound : nil
        }
        guard state.isPrivate else { return nil }
        let words = authorization.split(separator: " ", omittingEmptySubsequences: false)
        let isKnown =
            words.count == 2 && ["bearer", "token"].contains(words[0].lowercased())
            && (state.token.map { words[1] == $0 } == true || isInstallationToken(words[1]))
        return isKnown ? nil : .githubError(401, "Bad credentials")
    }

    /// Finds the repository in the path, by its name, a former name or its id.
    private func routed(
        _ request: RecordedRequest, changing next: inout GitHubDouble.State
    ) -> CannedResponse {
        guard request.path.hasPrefix(basePath), !request.path.hasSuffix("/") else {
            return Self.notFound
        }
        let raw = request.path.dropFirst(basePath.count).split(
            separator: "/", omittingEmptySubsequences: false
        ).dropFirst()
        var segments = raw.map { RecordedRequest(method: "", target: "?=\($0)").query[0].value }[
            ...]
        guard let kind = segments.popFirst() else { return Self.notFound }
        switch kind {
        case "repositories":
            guard segments.popFirst() == String(GitHubDouble.repositoryID) else {
                return Self.notFound
            }
        case "repos":
            guard segments.count >= 2 else { return Self.notFound }
            let name = segments.prefix(2).joined(separator: "/").lowercased()
            segments = segments.dropFirst(2)
            if state.formerNames.contains(name) { return moved(raw.dropFirst(3), request) }
            guard name == state.fullName.lowercased() else { return Self.notFound }
        default: return Self.notFound
        }
        if let answer = gitAnswer(Array(segments), request, changing: &next) { return answer }
        return request.method == "GET"
            ? answer(Array(segments), request)
            : written(Array(segments), request, changing: &next)
    }

    private func moved(
        _ rest: some Sequence<Substring>, _ request: RecordedRequest
    ) -> CannedResponse {
        let query = request.target.dropFirst(request.path.count)
        let target =
            "\(api)/repositories/\(GitHubDouble.repositoryID)/"
            + rest.joined(separator: "/") + query
        // Any other method is to be repeated as it was.
        var answer = CannedResponse.github(
            request.method == "GET" ? 301 : 307,
            [
                "message": "Moved Permanently", "url": .string(target),
                "documentation_url": "https://docs.github.com/rest",
            ])
        answer.headers.append((name: "Location", value: target))
        return answer
    }

    private func answer(_ segments: [String], _ request: RecordedRequest) -> CannedResponse {
        let resource = segments.first ?? ""
        let last = segments.last ?? ""
        switch (resource, segments.count) {
        case ("actions", 2) where last == "runs":
            return permitted("actions") { runs(request) }
        case ("actions", 4) where segments[1] == "runs" && last == "jobs":
            return permitted("actions") { jobs(of: segments[2], request) }
        case ("actions", 3) where segments[1] == "runs":
            return permitted("actions") { run(segments[2]) }
        case ("actions", 2) where last == "workflows":
            return permitted("actions") { workflows(request) }
        case ("actions", 4) where segments[1] == "workflows" && last == "runs":
            return permitted("actions") { runs(request, of: segments[2]) }
        case ("actions", 3) where segments[1] == "workflows":
            return permitted("actions") { workflow(last) }
        case ("commits", 1):
            return permitted("contents") { log(request) }
        case ("commits", 3) where last == "check-runs":
            return permitted("checks") { checkRuns(at: segments[1], request) }
        case ("commits", 3) where last == "status":
            return permitted("statuses") { combinedStatus(at: segments[1], request) }
        case ("commits", 3) where last == "statuses":
            return permitted("statuses") { statuses(at: segments[1], request) }
        case ("commits", 2):
            return permitted("contents") { commit(last, request) }
        case ("contents", 1...):
            return permitted("contents") {
                contents(segments.dropFirst().joined(separator: "/"), request)
            }
        case ("compare", 2):
            return permitted("contents") { compare(last, request) }
        default: return Self.notFound
        }
    }

    func permitted(_ permission: String, _ answer: () -> CannedResponse) -> CannedResponse {
        guard !state.permissions.contains(permission) else { return answer() }
        return Self.notPermitted("\(permission)=read")
    }

    /// The same of a right to write, which a token without the right to read does not have either.
    func permittedToWrite(_ permission: String, _ answer: () -> CannedResponse) -> CannedResponse {
        state.permissions.isSuperset(of: [permission, "\(permission): write"])
            ? answer() : Self.notPermitted("\(permission)=write")
    }

    private static func notPermitted(_ accepted: String) -> CannedResponse {
        var refusal = CannedResponse.githubError(403, "Resource not accessible by integration")
        refusal.headers.append((name: "X-Accepted-GitHub-Permissions", value: accepted))
        return refusal
    }

    /// One page of rows with its `Link`, as `per_page` (at most 100) and `page` ask for it.
    func page<Row>(_ rows: [Row], _ request: RecordedRequest) -> (
        rows: ArraySlice<Row>, link: (name: String, value: String)?
    ) {
        let size = min(max(request.query("per_page").flatMap { Int($0) } ?? 30, 1), 100)
        let number = max(request.query("page").flatMap { Int($0) } ?? 1, 1)
        let pages = max((rows.count + size - 1) / size, 1)
        let slice = rows.dropFirst((number - 1) * size).prefix(size)
        guard pages > 1 else { return (slice, nil) }
        func link(_ page: Int, _ relation: String) -> String {
            let others = request.target.dropFirst(request.path.count + 1).split(separator: "&")
                .filter { !$0.hasPrefix("page=") }
            let query = (others + ["page=\(page)"]).joined(separator: "&")
            let path = request.path.dropFirst(basePath.count)
            return "<\(api)\(path)?\(query)>; rel=\"\(relation)\""
        }
        var links: [String] = []
        if number > 1 { links.append(link(number - 1, "prev")) }
        if number < pages { links += [link(number + 1, "next"), link(pages, "last")] }
        if number > 1 { links.append(link(1, "first")) }
        return (slice, (name: "Link", value: links.joined(separator: ", ")))
    }

    func listed(
        _ rows: some Sequence<GitHubJSON>, as name: String, of count: Int,
        _ link: (name: String, value: String)?, and members: [(String, GitHubJSON)] = []
    ) -> CannedResponse {
        let body = GitHubJSON.object(
            [("total_count", .number(Int64(count))), (name, .array(Array(rows)))] + members)
        return linked(.github(200, body), link)
    }

    func linked(
        _ answer: CannedResponse, _ link: (name: String, value: String)?
    ) -> CannedResponse {
        var answer = answer
        if let link { answer.headers.append(link) }
        return answer
    }
}
