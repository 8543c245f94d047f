import PawlCore
package import PawlPorts

/// What a clone knows of its remote without asking it.
package enum GitRemote {
    /// The address of `origin` and the short name of its default branch, each `nil` where the clone
    /// does not say it: no git, no clone, no such remote. The address is as written, before
    /// `insteadOf` makes a mirror of it; it may hold a password.
    package static func origin(
        of folder: String, environment: [String: String], clock: Clock
    ) async -> (address: String?, defaultBranch: String?) {
        let git = GitCommand(
            folder: folder, environment: environment, clock: clock,
            timeLimit: Limits.requestTimeout)
        let address = await line(git, ["config", "--get", "remote.origin.url"])
        let head = await line(
            git, ["symbolic-ref", "--short", "--quiet", "refs/remotes/origin/HEAD"])
        let prefix = "origin/"
        return (
            address,
            head.flatMap { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : nil }
        )
    }

    private static func line(_ git: GitCommand, _ arguments: [String]) async -> String? {
        guard let answer = try? await git.run(arguments, asking: "the remote origin"),
            answer.exitCode == 0, answer.lines.count == 1
        else { return nil }
        return answer.lines.first
    }
}
