import PawlCore
import PawlGitHub
import PawlLoopback
import Testing

@Suite("Redirects and links")
struct RedirectTests {
    @Test("A renamed repository is followed, with the token, on its own origin")
    func renamed() async throws {
        let stage = try Stage()
        stage.github.run("e2e.yml", at: sha("a"))
        stage.github.rename(to: "acme/application")
        let runs = try await stage.host.runs(at: commit("a"))
        #expect(runs.map(\.state) == [.success])
        #expect(
            stage.github.requests.map(\.path) == [
                "/repos/acme/app/actions/runs",
                "/repositories/\(GitHubDouble.repositoryID)/actions/runs",
            ])
        #expect(stage.github.requests.allSatisfy { $0.header("Authorization") != nil })
    }

    @Test("A list over several pages of a renamed repository goes on at its new address")
    func renamedPages() async throws {
        let stage = try Stage()
        for _ in 0..<150 { stage.github.run("e2e.yml", at: sha("a")) }
        stage.github.rename(to: "acme/application")
        #expect(try await stage.host.runs(at: commit("a")).count == 150)
        #expect(stage.lines.count == 3)
    }

    @Test(
        "A redirect elsewhere is refused, and nothing is sent there",
        arguments: [
            "https://evil.example/repos/acme/app", "https://localhost/repos/acme/app",
            "http://localhost:81/repos", "//evil.example/x", "http://localhost@evil.example/",
            "http://evil.example@localhost/repos", "ftp://localhost/", "javascript:alert(1)",
            "http://localhost\\@evil.example/", "", " ",
        ], [301, 302, 307, 308])
    func foreign(location: String, status: Int) async throws {
        let stage = try Stage()
        stage.github.fault(
            .changed { _ in CannedResponse(status: status).adding("Location", location) },
            on: "repos")
        let failed = await failure { try await stage.host.runs(at: commit("a")) }
        #expect(failed?.code == .untrusted)
        #expect(stage.lines.count == 1)
    }

    @Test("A redirect without a place, and a second one, are garbled")
    func circle() async throws {
        let stage = try Stage()
        stage.github.fault(.answer(CannedResponse(status: 301)), on: "repos", times: 1)
        #expect(await failure { try await stage.host.runs(at: commit("a")) }?.code == .garbled)
        stage.github.fault(
            .changed { _ in CannedResponse(status: 302).adding("Location", "/repos/acme/app") },
            on: "repos")
        let twice = await failure { try await stage.host.runs(at: commit("a")) }
        #expect(twice?.code == .garbled)
        #expect(twice?.detail == "GitHub redirected twice")
        #expect(stage.lines.count == 3)
    }

    @Test("A list whose next page is on another host is refused, and nothing is sent there")
    func foreignLink() async throws {
        let stage = try Stage()
        stage.github.run("e2e.yml", at: sha("a"))
        stage.github.fault(
            .changed {
                $0.adding("Link", "<https://evil.example/repos?page=2>; rel=\"next\"")
            }, on: "runs")
        let failed = await failure { try await stage.host.runs(at: commit("a")) }
        #expect(failed?.code == .untrusted)
        #expect(failed?.detail.contains("evil.example") == true)
        #expect(stage.lines.count == 1)
    }

    @Test("Pages that lead in a circle end")
    func pageCircle() async throws {
        let stage = try Stage()
        stage.github.run("e2e.yml", at: sha("a"))
        let here = "http://localhost/repos/acme/app/actions/runs?page=2"
        stage.github.fault(
            .changed { $0.adding("Link", "<\(here)>; rel=\"next\"") }, on: "runs")
        let failed = await failure { try await stage.host.runs(at: commit("a")) }
        #expect(failed?.code == .garbled)
        #expect(failed?.detail.contains("circle") == true)
        #expect(stage.lines.count == 2)
    }

    @Test(
        "A Link is read in any order and case; one that is malformed leads nowhere",
        arguments: [
            ("<http://localhost/repos/acme/app/actions/runs?page=2>; rel=\"next\"", 2),
            ("<http://localhost/a>; rel=\"prev\", </repos/acme/app/actions/runs?p=2>;rel=next", 2),
            ("<http://LOCALHOST:80/repos/acme/app/actions/runs?p=2>; a=\"x\"; REL=\"NEXT\"", 2),
            ("http://localhost/repos; rel=\"next\"", 1), ("<http://localhost/repos", 1),
            ("<>", 1), ("<http://localhost/x>; rel=\"nextish\"", 1), ("; rel=\"next\"", 1),
        ])
    func links(header: String, requests: Int) async throws {
        let stage = try Stage()
        stage.github.fault(
            .changed { $0.adding("Link", header) }, on: "head_sha", times: 1)
        #expect(try await stage.host.runs(at: commit("a")) == [])
        #expect(stage.lines.count == requests)
    }
}

@Suite("The API's base address")
struct AddressTests {
    @Test(
        "Plain HTTP is for this machine alone",
        arguments: [
            "https://api.github.com", "https://github.acme.example/api/v3",
            "https://api.acme.ghe.com/", "http://localhost:8080", "http://127.0.0.1/api/v3/",
            "http://[::1]:9",
        ])
    func good(text: String) throws {
        let address = try GitHubAddress(text)
        #expect("\(address)" == (text.hasSuffix("/") ? String(text.dropLast()) : text))
    }

    @Test(
        "What is no base address is refused",
        arguments: [
            ("http://api.github.com", GitHubAddress.Malformed.insecure),
            ("http://localhost.evil.example", .insecure),
            ("http://127.0.0.1.evil.example", .insecure),
            ("ftp://api.github.com", .address), ("api.github.com", .address), ("", .address),
            ("https://", .address), ("https:///x", .address), ("https://a b", .address),
            ("https://api.github.com:0", .address), ("https://user@api.github.com", .credentials),
            ("https://api.github.com?x=1", .query), ("https://api.github.com/#x", .query),
        ])
    func bad(text: String, why: GitHubAddress.Malformed) {
        #expect(throws: why) { try GitHubAddress(text) }
    }

    @Test("An Enterprise Server's API is below a path, and its pages too")
    func enterprise() async throws {
        let stage = try Stage(
            GitHubDouble(token: token, basePath: "/api/v3"), base: "http://localhost/api/v3/")
        for _ in 0..<101 { stage.github.run("e2e.yml", at: sha("a")) }
        #expect(try await stage.host.runs(at: commit("a")).count == 101)
        #expect(stage.lines.allSatisfy { $0.hasPrefix("GET /api/v3/repos/acme/app/actions/runs") })
    }
}
