import PawlCore
import PawlHTTP

/// One page of a list that says how many rows there are in all.
protocol WirePage: Decodable {
    associatedtype Row: WireRow
    var totalCount: Int { get }
    var rows: [Row] { get }
}

/// A row that can be told from others.
protocol WireRow: Decodable {
    var id: Int64 { get }
}

extension GitHubHost {
    /// Reads the body of a 200; anything else is a failure.
    func read<Wire: Decodable>(
        _ type: Wire.Type, from response: Response, to call: Call
    ) throws(PortFailure) -> Wire {
        guard response.status == 200 else { throw failure(of: response, to: call) }
        return try decode(type, from: response, to: call)
    }

    /// Reads a body, whatever the answer's status.
    func decode<Wire: Decodable>(
        _ type: Wire.Type, from response: Response, to call: Call
    ) throws(PortFailure) -> Wire {
        do {
            return try JSONBody.read(type, from: response.body)
        } catch {
            throw failure(.garbled, call, "GitHub's answer \(error.words)")
        }
    }

    /// All rows of a list, over its pages. A list that is not whole is a failure: a row that is
    /// missing from it would read as "not there". `isEnough` sees each page and may end the reading
    /// early.
    func rows<Page: WirePage>(
        of type: Page.Type, _ call: Call,
        isEnough: (Page) throws(PortFailure) -> Bool = { (_) throws(PortFailure) in false }
    ) async throws(PortFailure) -> [Page.Row] {
        var rows: [Page.Row] = []
        var places: [Int64: Int] = [:]
        var promised = 0
        var visited: Set<String> = []
        var url: String? = address.url("/repos/\(repository)\(call.path)")
        while let current = url {
            guard visited.insert(current).inserted else {
                throw failure(.garbled, call, "the pages of GitHub's list lead in a circle")
            }
            guard visited.count <= Limits.hostPagesMax else {
                throw failure(
                    .garbled, call,
                    "GitHub's list is not whole: it has more than \(Limits.hostPagesMax) pages")
            }
            let response = try await answer(to: call, at: current)
            let page = try read(type, from: response, to: call)
            promised = max(promised, page.totalCount)
            for row in page.rows {
                // A row that moved to the next page meanwhile is listed twice; the later is newer.
                if let place = places[row.id] {
                    rows[place] = row
                } else {
                    places[row.id] = rows.count
                    rows.append(row)
                }
            }
            if try isEnough(page) { return rows }
            url = try nextPage(after: response, call)
        }
        guard rows.count >= promised else {
            throw failure(
                .garbled, call,
                "GitHub's list is not whole: \(rows.count) of \(promised) rows were listed")
        }
        return rows
    }

    private func nextPage(after response: Response, _ call: Call) throws(PortFailure) -> String? {
        for header in response.all("Link") {
            guard let next = linkTarget(in: header, relation: "next") else { continue }
            guard case .own(let own) = address.target(of: next) else {
                throw foreign("the next page of GitHub's list is at", next, call)
            }
            return own
        }
        return nil
    }
}

/// The target of the first link with that relation in a `Link` header (RFC 8288, as GitHub uses
/// it: no commas in quoted parameters).
func linkTarget(in header: some StringProtocol, relation: String) -> String? {
    var rest = String(header)[...]
    while let open = rest.firstIndex(of: "<"),
        let close = rest[open...].firstIndex(of: ">")
    {
        let target = rest[rest.index(after: open)..<close]
        rest = rest[rest.index(after: close)...]
        let parameters = rest.prefix { $0 != "," }
        let names = parameters.split(separator: ";").map { parameter in
            parameter.lowercased().filter { !$0.isWhitespace && $0 != "\"" }
        }
        if names.contains("rel=\(relation)") { return String(target) }
        rest = rest.dropFirst(parameters.count)
    }
    return nil
}
