import FoundationEssentials
import PawlCore
import PawlPorts

/// A bare repository in a temporary folder, which reaches a remote the way a clone does. The clone
/// is asked for its configuration and otherwise left alone: its refs, its `shallow` file and its
/// `FETCH_HEAD` stay as they are. The folder goes with the last reference.
final class ScratchRepository: Sendable {
    /// Git in this repository, reaching the remote.
    let git: GitCommand
    /// How the remote is called for people; without user and password.
    let remote: String
    private let folder: ScratchFolder

    private init(folder: ScratchFolder, git: GitCommand, remote: String) {
        self.folder = folder
        self.git = git
        self.remote = remote
    }

    /// Where git writes down what it exchanges with a remote, if it is told to.
    var packets: String { folder.path + "/packets" }

    /// Whether anything was exchanged since this was asked last.
    func takePackets() -> Bool {
        let trace = FileManager.default.contents(atPath: packets)
        try? FileManager.default.removeItem(atPath: packets)
        return trace?.isEmpty == false
    }

    /// What of git's own variables says how to reach a remote. The others say where repositories
    /// are (`GIT_DIR`, …), ask people, or write secrets to logs (`GIT_TRACE`, …).
    private static let inherited = [
        "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_COUNT",
        "GIT_CONFIG_PARAMETERS", "GIT_CEILING_DIRECTORIES", "GIT_EXEC_PATH", "GIT_SSH",
        "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_PROXY_COMMAND", "GIT_ALLOW_PROTOCOL",
        "GIT_PROTOCOL_FROM_USER",
    ]
    private static let inheritedPrefixes = [
        "GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_", "GIT_SSL_", "GIT_HTTP_", "GIT_PROXY_SSL_",
    ]

    private static let fixed = [
        "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "",
        "SSH_ASKPASS_REQUIRE": "never", "GCM_INTERACTIVE": "never", "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
    ]

    /// The user's own settings still count; those that would start programs, ask, sign or push more
    /// do not.
    private static let settings = [
        "--no-pager", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c",
        "gc.auto=0", "-c", "maintenance.auto=false", "-c", "push.gpgSign=false", "-c",
        "push.pushOption=", "-c", "init.defaultBranch=main", "-c", "advice.detachedHead=false",
    ]

    /// Any name that no configuration has: shows whether git takes settings from its environment.
    private static let probe = "pawl.probe"

    /// Makes the repository.
    ///
    /// - Parameters:
    ///   - remote: A remote's name in the clone, or an address.
    ///   - clone: A folder of the clone. For an address it may be any folder.
    ///   - environment: The process's own environment.
    ///   - clock: Bounds the time of each run of git.
    ///   - timeLimit: That bound.
    /// - Returns: The repository, empty.
    /// - Throws: If the clone does not know the remote, or nothing can be made here.
    static func make(
        for remote: String, from clone: String, environment: [String: String], clock: Clock,
        timeLimit: Duration
    ) async throws(PortFailure) -> ScratchRepository {
        let shown = printable(withoutUserinfo(remote))
        let subject = "remote \(shown)"
        let variables = environment.filter { variable in
            !["SSH_ASKPASS", "LANGUAGE"].contains(variable.key)
                && (!variable.key.hasPrefix("GIT_") || inherited.contains(variable.key)
                    || inheritedPrefixes.contains(where: variable.key.hasPrefix))
        }.merging(fixed) { _, fixed in fixed }
        let withoutSettings = variables.filter { !$0.key.hasPrefix("GIT_CONFIG_PARAMETERS") }

        let folder = try ScratchFolder(
            in: environment["TMPDIR"].flatMap { $0.hasPrefix("/") ? $0 : nil }
                ?? FileManager.default.temporaryDirectory.path, subject: subject)
        func git(_ settings: [String], in place: String, _ variables: [String: String])
            -> GitCommand
        {
            GitCommand(
                folder: place, settings: settings, environment: variables, hasOwnSession: true,
                clock: clock, timeLimit: timeLimit)
        }
        let own = settings + ["--git-dir=\(folder.path)"]
        let (lines, top) = try await asked(
            git(settings, in: clone, variables), subject: subject)
        let bare = git(
            own, in: folder.path,
            withoutSettings.merging([
                "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": probe, "GIT_CONFIG_VALUE_0": "on",
            ]) { _, new in new })
        let elsewhere = try await initialised(bare, folder: folder.path, subject: subject)
        guard
            let remoteSettings = RemoteSettings(
                of: remote, clone: lines, elsewhere: elsewhere)
        else {
            throw try await unknown(shown, git(settings, in: clone, variables))
        }
        return ScratchRepository(
            folder: folder,
            git: git(
                own, in: remoteSettings.isNamed ? top : clone,
                withoutSettings.merging(remoteSettings.variables) { _, new in new }),
            remote: shown)
    }

    /// What the clone's configuration comes to, and its top folder.
    private static func asked(
        _ git: GitCommand, subject: String
    ) async throws(PortFailure) -> ([RemoteSettings.Line], String) {
        let listed = try await git.run(
            ["config", "--list", "--show-scope", "--show-origin", "-z"], asking: subject)
        guard listed.exitCode == 0, let lines = RemoteSettings.Line.all(listed.output) else {
            throw refusedConfiguration(listed, subject)
        }
        let up = try await git.finish(["rev-parse", "--show-cdup"], asking: subject)
        // Empty at the top, and nothing outside of a clone; below it `../`, as often as it takes.
        guard up.exitCode == 0, let way = up.lines.first, way.hasPrefix("..") else {
            return (lines, git.folder)
        }
        return (lines, "\(git.folder)/\(way)")
    }

    /// Makes the repository; what counts in it without the clone's configuration.
    private static func initialised(
        _ git: GitCommand, folder: String, subject: String
    ) async throws(PortFailure) -> [RemoteSettings.Line] {
        let made = try await git.finish(
            ["init", "--quiet", "--bare", "--template=", "--object-format=sha1"], asking: subject)
        guard made.exitCode == 0 else { throw refusedConfiguration(made, subject) }
        let listed = try await git.finish(
            ["config", "--list", "--show-scope", "--show-origin", "-z"], asking: subject)
        guard listed.exitCode == 0, let lines = RemoteSettings.Line.all(listed.output) else {
            throw refusedConfiguration(listed, subject)
        }
        guard lines.contains(where: { $0.key == probe }) else {
            throw PortFailure(
                code: .unsupported, subject: subject,
                detail: "this git takes no settings from its environment",
                advice: "Install git 2.31 or newer.")
        }
        return lines
    }

    private static func refusedConfiguration(
        _ answer: GitCommand.Answer, _ subject: String
    ) -> PortFailure {
        let words = withoutUserinfo(String(decoding: answer.errors, as: UTF8.self))
        return PortFailure(
            code: words.contains("No space left on device") ? .full : .garbled, subject: subject,
            detail: "git ended with status \(answer.exitCode) and said: \(printable(words))")
    }

    /// Why a name is not known: no clone is there, git does not trust it, or it has no such remote.
    private static func unknown(
        _ remote: String, _ git: GitCommand
    ) async throws(PortFailure) -> PortFailure {
        _ = try await git.run(["rev-parse", "--git-dir"], asking: "remote \(remote)")
        return PortFailure(
            code: .missing, subject: "remote \(remote)",
            detail: "the clone in \(printable(git.folder)) has no remote \(remote)",
            advice: "Add it (git remote add), or give the address: git:ADDRESS.")
    }
}
