import PawlCore
import PawlLoopback

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The main job on this machine, story by story, with the real program. Every story says what must
/// come of it; the demo fails if anything else does.
@main
struct Demo {
    let stage: Stage
    let isColoured: Bool
    var commits: [CommitID] = []
    var number = 0
    var surprises = 0

    static func main() async throws {
        let wantsColour = getenv("NO_COLOR").map { $0.pointee == 0 } ?? true
        var demo = Demo(
            stage: try await Stage.set(),
            isColoured: isatty(STDOUT_FILENO) == 1 && wantsColour)
        do {
            try await demo.play()
        } catch {
            await demo.stage.clear()
            throw error
        }
        await demo.stage.clear()
        exit(demo.surprises == 0 ? 0 : 1)
    }

    private mutating func play() async throws {
        let first = try await commit("Greet the world")
        let second = try await commit("Greet it twice")
        say("A registry at \(stage.registry.host), a repository in \(stage.programs.folder):")
        say("nothing leaves this machine. Two images for each commit, acme/app and acme/worker;")
        say("a channel latest, a gate e2e.yml.")

        try await tell(
            "A promotion", "The gate of \(second.short) is green.", second,
            "e2e.yml=success", exit: 0, live: second)
        try await tell(
            "The same again", "Nothing is left to do, so nothing is written.", second,
            "e2e.yml=success", exit: 0, live: second)
        try await tell(
            "A late event for an older commit", "\(first.short) is green too, but older.", first,
            "e2e.yml=success", exit: 1, live: second)

        let third = try await commit("Greet it in red")
        try await tell(
            "A red gate", "The gate of \(third.short) failed.", third,
            "e2e.yml=failure", exit: 1, live: second)
        let fourth = try await commit("Greet it soon")
        try await tell(
            "A running gate", "The gate of \(fourth.short) has not ended.", fourth,
            "e2e.yml=in_progress", exit: 0, live: second)
        let fifth = try await commit("Greet half of it", images: ["app"])
        try await tell(
            "An image missing", "The build of \(fifth.short) pushed app and forgot worker.",
            fifth, "e2e.yml=success", exit: 1, live: second)

        try await stage.programs.git("checkout", "--quiet", "-b", "feature")
        let stray = try await commit("Greet it elsewhere")
        try await stage.programs.git("checkout", "--quiet", "main")
        try await tell(
            "A commit that is not on the branch", "\(stray.short) is on a feature branch.", stray,
            "e2e.yml=success", exit: 1, live: second)

        let sixth = try await commit("Greet it at last")
        stage.moveOnlyFirstImage(to: sixth)
        try await tell(
            "A split group, healed",
            "A run for \(sixth.short) was killed after it had moved app alone.", sixth,
            "e2e.yml=success", exit: 0, live: sixth)

        try await playWithLedger(second, sixth)

        say("")
        say(
            surprises == 0
                ? paint("Every story ended as it must.", "32")
                : paint("\(surprises) stories did not end as they must.", "31"))
    }

    /// What a ledger adds: who moved what and why, and a rollback that no event undoes.
    private mutating func playWithLedger(_ older: CommitID, _ live: CommitID) async throws {
        try stage.writePolicy(ledger: "sqlite:pawl.db")
        say("\nFrom here on the policy has a ledger: sqlite:pawl.db.")
        try await tell(
            "A rollback", "\(live.short) is broken; the group goes back, and is held there.",
            ["rollback", "--to", older.short, "--reason", "login is broken"], exit: 0,
            live: older)
        let fix = try await commit("Greet it rightly")
        try await tell(
            "An event after a rollback", "\(fix.short) is green, and the channel is held.", fix,
            "e2e.yml=success", exit: 0, live: older)
        try await tell(
            "The hold is lifted", "From \(fix.short) on, commits go by themselves again.",
            ["resume"], exit: 0, live: older)
        try await tell(
            "The fix goes out", "Its gate is green, and nothing holds it.", fix,
            "e2e.yml=success", exit: 0, live: fix)
        stage.moveOnlyFirstImage(to: older)
        try await tell(
            "A tag that somebody else moved", "Somebody moved app by hand; the ledger knows.",
            ["status"], exit: 0, live: [older, fix])
        try await tell(
            "Put back by order", "A person says that the ledger is right.",
            ["follow", "--reason", "moved by mistake"], exit: 0, live: fix)
        try await tell(
            "Who moved what, when and why", "Every entry names its actor.", ["history"], exit: 0,
            live: fix)
    }

    private mutating func commit(
        _ subject: String, images: [String] = Stage.images
    ) async throws -> CommitID {
        let commit = try await stage.commit(subject, images: images)
        commits.append(commit)
        return commit
    }

    private mutating func tell(
        _ title: String, _ before: String, _ commit: CommitID, _ gate: String, exit: Int32,
        live: CommitID
    ) async throws {
        try await tell(
            title, before, ["promote", commit.short, "--gate", gate], exit: exit, live: live)
    }

    private mutating func tell(
        _ title: String, _ before: String, _ arguments: [String], exit: Int32, live: CommitID
    ) async throws {
        try await tell(
            title, before, arguments, exit: exit, live: Stage.images.map { _ in live })
    }

    /// One story: what happened, the command, what it said, and where the tags are now.
    private mutating func tell(
        _ title: String, _ before: String, _ arguments: [String], exit: Int32, live: [CommitID]
    ) async throws {
        number += 1
        say("\n" + paint("\(number). \(title)", "1"))
        say(before)
        say(paint("$ pawl \(arguments.joined(separator: " "))", "2"))
        let status = try await stage.programs.pawl(arguments)
        let places = stage.live(among: commits)
        let words = zip(Stage.images, places).map { "\($0) \($1?.short ?? "nowhere")" }
        let isRight = status == exit && places == live
        if !isRight { surprises += 1 }
        say(
            paint("exit \(status); latest is now at: \(words.joined(separator: ", "))", "2")
                + (isRight ? "" : paint("  <- not what must be", "31")))
    }

    private func paint(_ text: String, _ code: String) -> String {
        isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    /// Written at once, so that it stands before what the next program says.
    private func say(_ text: String) {
        print(text)
        fflush(nil)
    }
}
