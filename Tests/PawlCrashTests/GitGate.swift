import FoundationEssentials
import PawlLoopback

/// A `git` on PATH before the real one, which asks before and after each command that reaches a
/// remote.
struct GitGate: Sendable {
    /// For the environment.
    let path: String
    private let server: LoopbackServer

    static func start(
        in folder: String, ask: @escaping @Sendable (StepProxy.Step, String) async -> Bool
    ) async throws -> GitGate {
        let server = try await LoopbackServer.start { request in
            let parts = request.target.split(separator: "/")
            let goesOn = await ask(
                parts.first == "before" ? .before : .after, "git \(parts.last ?? "")")
            return CannedResponse(status: goesOn ? 204 : 503, ending: .closesAfterwards)
        }
        // bash can speak HTTP by itself.
        let script = """
            #!/bin/bash
            PATH=${PATH#*:}
            ask() {
                exec 9<>/dev/tcp/127.0.0.1/\(server.port) || exit 128
                printf 'GET /%s HTTP/1.1\\r\\nHost: gate\\r\\n\\r\\n' "$1" >&9
                read -r answer <&9
                exec 9>&-
                case "$answer" in *204*) ;; *) exit 128 ;; esac
            }
            for word in "$@"; do
                case "$word" in push|fetch|ls-remote)
                    ask "before/$word"
                    git "$@"
                    status=$?
                    ask "after/$word"
                    exit "$status" ;;
                esac
            done
            exec git "$@"
            """
        let program = "\(folder)/git"
        try script.write(toFile: program, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        let outer = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return GitGate(path: "\(folder):\(outer)", server: server)
    }

    func stop() async { await server.stop() }
}
