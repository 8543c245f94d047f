import PawlCore
import PawlInit
import Testing

@Suite("What a remote's address says")
struct RemoteTests {
    @Test(
        "every usual form names the repository",
        arguments: [
            "git@github.com:acme/app.git", "https://github.com/acme/app",
            "https://x:secret@github.com/acme/app.git", "ssh://git@github.com:22/acme/app.git/",
        ])
    func names(address: String) {
        #expect(repository(ofRemote: address)?.description == "acme/app")
    }

    @Test(
        "anything else names none",
        arguments: [
            "", "/srv/app.git", "../app", "file:///srv/app", "git@github.com:app", "x:a/b/c",
        ])
    func others(address: String) {
        #expect(repository(ofRemote: address) == nil)
    }

    @Test("what a script would hand on without end is cut short")
    func bounded() {
        var script = "A=x\n"
        for _ in 0..<200 { script += "          A=\"$A$A\"\n" }
        let workflow =
            "on: push\njobs:\n  a:\n    steps:\n      - run: |\n          \(script)"
            + "          docker push ghcr.io/acme/$A:$GITHUB_SHA\n"
            + "          docker push ghcr.io/acme/app:$GITHUB_SHA\n"
        let findings = Findings(
            sources: [WorkflowSource(path: ".github/workflows/a.yml", bytes: Array(workflow.utf8))],
            repository: nil, defaultBranch: nil, ledger: nil)
        let text = findings.proposal()?.policyText ?? ""
        #expect(text.contains("- ghcr.io/acme/app\n"))
        #expect(text.contains("could not be told"))
        #expect(text.utf8.count < 5000)
    }
}
