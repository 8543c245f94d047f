import FoundationEssentials
import Subprocess
import SystemPackage

/// Chromium without a window, as Debian has it. `scripts/setup test` installs it.
struct PageBrowser: Sendable {
    /// What a person's browser is set to.
    struct Setting: Sendable, CustomStringConvertible {
        let width: Int
        let isDark: Bool

        var description: String {
            "\(width)-\(isDark ? "dark" : "light")"
        }
    }

    let setting: Setting

    /// Where screenshots are kept: `PAWL_SCREENSHOTS`, else `.build/screenshots`.
    static let screenshots =
        ProcessInfo.processInfo.environment["PAWL_SCREENSHOTS"]
        ?? #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/") + "/.build/screenshots"

    /// The document as it is after loading, and what was said on the console.
    func document(_ address: String) async throws -> (html: String, console: String) {
        try await run(["--dump-dom", address])
    }

    /// A picture of the page, under a name of its own.
    func screenshot(_ address: String, _ name: String, height: Int) async throws -> String {
        try FileManager.default.createDirectory(
            atPath: Self.screenshots, withIntermediateDirectories: true)
        let path = "\(Self.screenshots)/\(name)-\(setting).png"
        try? FileManager.default.removeItem(atPath: path)
        _ = try await run(["--screenshot=\(path)", "--hide-scrollbars", address], height: height)
        return path
    }

    private func run(
        _ arguments: [String], height: Int = 900
    ) async throws -> (html: String, console: String) {
        let profile = FileManager.default.temporaryDirectory.path + "/pawl-browser-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: profile) }
        // 0 is dark, 1 is light.
        let settings = ["preferredColorScheme=\(setting.isDark ? 0 : 1)"]
        let result = try await Subprocess.run(
            .name("chromium-headless-shell"),
            arguments: Arguments(
                [
                    "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
                    "--user-data-dir=\(profile)", "--window-size=\(setting.width),\(height)",
                    "--blink-settings=\(settings.joined(separator: ","))",
                ] + arguments),
            output: .string(limit: 4 * 1024 * 1024), error: .string(limit: 1024 * 1024))
        let console = result.standardError.split(separator: "\n")
            .filter { $0.contains("CONSOLE") || $0.contains("Content Security Policy") }
        return (result.standardOutput, console.joined(separator: "\n"))
    }
}
