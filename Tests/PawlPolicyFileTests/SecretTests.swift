import PawlCore
import PawlPolicyFile
import Testing

@Suite("Variables are replaced in secrets and addresses, and never shown")
struct SecretTests {
    private func hook(_ text: String, _ environment: [String: String] = [:]) -> Reading {
        Sample.reading(environment: environment) { $0.more = ["after:", "  - " + text] }
    }

    @Test("an address may be made of variables")
    func address() {
        let reading = hook(
            "webhook: https://${CHAT_HOST}/hook/${_TOKEN1}",
            ["CHAT_HOST": "chat.example", "_TOKEN1": "t"])
        #expect(
            reading.policy?.channels.first?.hooks == [
                .webhook(Secret("https://chat.example/hook/t"), secret: nil)
            ])
        #expect(reading.policy?.channels.first?.hooks.first?.name == "webhook chat.example")
    }

    @Test("a missing or empty variable is named")
    func missing() {
        let expected =
            "pawl.yaml:10:18: the environment variable HOOK is not set. Set it where Pawl runs."
        #expect(hook("webhook: ${HOOK}").onlyComplaint == expected)
        #expect(hook("webhook: ${HOOK}", ["HOOK": ""]).onlyComplaint == expected)
    }

    @Test(
        "a broken variable is refused",
        arguments: ["${", "${}", "${1A}", "${A B}", "${A-b}", "x${A"])
    func broken(text: String) {
        let reading = hook("webhook: \"https://a.example/\(text)\"")
        #expect(
            reading.onlyComplaint.hasPrefix("pawl.yaml:10:18: ${ does not begin a variable's name"))
    }

    @Test("a value that looks like a variable is not replaced again")
    func noSecondRound() {
        let reading = hook("webhook: https://a.example/${A}", ["A": "${B}"])
        #expect(
            reading.policy?.channels.first?.hooks == [
                .webhook(Secret("https://a.example/${B}"), secret: nil)
            ])
    }

    @Test("neither a secret nor an address is ever in a complaint or warning")
    func neverShown() {
        let secret = "hunter2hunter2"
        let readings = [
            hook("{webhook: \"https://a.example\", secret: \(secret)}"),
            hook("{webhook: \"https://a.example\", secret: [\(secret)]}"),
            hook("{webhook: \"https://u:\(secret)@a.example\"}"),
            hook("{webhook: \"http://a.example/\(secret)\"}"),
            hook("{webhook: \"\(secret)\"}"),
            hook("{webhook: \"https://\(secret) /\"}"),
            hook("webhook: ${A}", ["A": "ftp://\(secret)"]),
            hook("{webhook: \"https://a.example\", secret: \"${A}\"}", ["A": secret]),
            hook("{webhook: \"https://a.example\", secret: \"${A}\(secret)\"}"),
            hook(
                "webhook: https://a.example/${A}\n  - webhook: https://a.example/${A}",
                ["A": secret]),
        ]
        for reading in readings {
            let told = reading.complaints + reading.warnings
            #expect(told.count >= 1)
            #expect(!told.contains { $0.contains(secret) })
        }
    }

    @Test("a secret in the file itself is refused")
    func inline() {
        let reading = hook("{webhook: \"https://a.example\", secret: hunter2}")
        #expect(
            reading.onlyComplaint.hasPrefix(
                "pawl.yaml:10:48: the secret is written out in the file. Write `secret: ${"))
    }

    @Test("http is allowed to this machine", arguments: ["localhost:80", "127.0.0.1", "[::1]:9"])
    func loopback(host: String) {
        #expect(hook("webhook: http://\(host)/x").policy != nil)
    }

    @Test("a host that begins like this machine is another one")
    func notLoopback() {
        #expect(
            hook("webhook: http://localhost.evil.example/").onlyComplaint.contains("plain http is"))
    }
}
