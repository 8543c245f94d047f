import FoundationEssentials
import PawlLoopback

/// A `git` on PATH before the real one, which counts its calls and can end whoever called it:
/// before it does its work, or after. Before: the work is done all the same, as a command that was
/// started goes on when its caller is gone.
struct GitCounter {
    private let folder: String

    init(in folder: String, killAt place: (number: Int, step: StepProxy.Step)?) throws {
        self.folder = "\(folder)/counted"
        try FileManager.default.createDirectory(
            atPath: self.folder, withIntermediateDirectories: true)
        let kill = "kill -9 $PPID"
        let script = """
            #!/bin/sh
            exec 9>"\(self.folder)/lock"
            flock 9
            number=$(($(cat "\(self.folder)/calls" 2>/dev/null || echo 0) + 1))
            echo "$number" > "\(self.folder)/calls"
            flock -u 9
            exec 9>&-
            PATH=${PATH#*:}
            if [ "$number" = "\(place?.number ?? 0)" ]; then
                \(place?.step == .before ? kill : "")
                git "$@"
                status=$?
                \(place?.step == .after ? kill : "")
                exit "$status"
            fi
            exec git "$@"
            """
        let path = "\(self.folder)/git"
        try script.write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    /// How often it was called.
    var calls: Int {
        let text = try? String(contentsOfFile: "\(folder)/calls", encoding: .utf8)
        return text.flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
    }

    /// What puts it before the real one.
    var variables: [String: String] {
        ["PATH": "\(folder):" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")]
    }
}
