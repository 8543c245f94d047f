package import PawlCore
import PawlHTTP
package import PawlImages
import PawlPorts
import Synchronization

extension OCIRegistry {
    /// Own choice: pages of one list of referrers.
    private static let pagesMax = 10

    /// What the registry lists as being about a manifest (distribution-spec, "Listing Referrers");
    /// `nil` where it keeps no such lists. That is known after the first question.
    package func referrers(
        of digest: Digest, in repository: Repository
    ) async throws(PortFailure) -> [Manifest.Child]? {
        if listsReferrers.withLock({ $0[repository] }) == false { return nil }
        let errors = try account(of: repository).errors(
            "referrers of \(repository)@\(digest.short)", repository)
        var address = "\(endpoint(of: repository).origin)/v2/\(repository.path)/referrers/\(digest)"
        var seen: Set<String> = []
        var entries: [Manifest.Child] = []
        while seen.insert(address).inserted {
            guard seen.count <= Self.pagesMax else {
                throw PortFailure(
                    code: .unsupported, subject: errors.subject,
                    detail: "the list has more than \(Self.pagesMax) pages")
            }
            let request = Request(
                .get, address, headers: [("Accept", MediaTypes.indexes[0])],
                answerBytesMax: Limits.manifestBytesMax)
            let response = try await send(request, for: repository, errors)
            guard try isList(response, errors) else {
                listsReferrers.withLock { $0[repository] = false }
                return nil
            }
            listsReferrers.withLock { $0[repository] = true }
            entries += try list(in: response, errors)
            guard let next = nextPage(after: response, at: address) else { break }
            address = next
        }
        return entries
    }

    /// Registries without such lists answer in many ways: 404 and other refusals, a redirect to a
    /// page for people, or the page itself.
    private func isList(
        _ response: Response, _ errors: RegistryErrors
    ) throws(PortFailure) -> Bool {
        switch response.status {
        case 200: return !RegistryAnswer(response).isWebPage
        case 408, 425, 429, 499: throw errors.failure(response)
        case 403 where response.isRateLimited: throw errors.failure(response)
        case 300..<500, 501: return false
        default: throw errors.failure(response)
        }
    }

    private func list(
        in response: Response, _ errors: RegistryErrors
    ) throws(PortFailure) -> [Manifest.Child] {
        do throws(Manifest.Malformed) {
            return try Manifest.entries(of: response.body)
        } catch {
            throw PortFailure(
                code: .garbled, subject: errors.subject,
                detail: "the list cannot be used: " + OutsideText.line(error.detail, max: 200))
        }
    }

    /// `Link: <…>; rel="next"` (RFC 8288), of the same registry alone.
    private func nextPage(after response: Response, at address: String) -> String? {
        guard let here = Address(address) else { return nil }
        let links = response.all("Link").flatMap { $0.split(separator: ",") }
        for link in links {
            guard let open = link.firstIndex(of: "<"), let close = link.firstIndex(of: ">"),
                open < close
            else { continue }
            let words = link[close...].filter { !"\" ".contains($0) }.lowercased()
            guard words.split(separator: ";").contains("rel=next"),
                let next = here.following(String(link[link.index(after: open)..<close])),
                next.origin == here.origin
            else { continue }
            return next.description
        }
        return nil
    }
}
