import FoundationEssentials
import PawlCore
import PawlServer
import Testing

@Suite("Pages in a browser", .serialized)
struct PageBrowserTests {
    typealias Setting = PageBrowser.Setting

    static let settings = [
        Setting(width: 320, isDark: false),
        Setting(width: 320, isDark: true),
        Setting(width: 1280, isDark: false),
        Setting(width: 1280, isDark: true),
    ]
    static let paths: [(name: String, path: String)] = [
        ("overview", "/"), ("waiting", "/channels/acme/app/canary"),
        ("held", "/channels/acme/checkout/latest"), ("split", "/channels/acme/edge/latest"),
        ("hostile", "/channels/acme/zoo/latest"), ("login", "/login"),
    ]

    private static func withAll(
        _ story: @escaping @Sendable (PageServer) async throws -> Void
    ) async throws {
        try await PageServer.serving(
            PageSituations.all + [PageSituations.hostile("acme/zoo/latest")],
            complaints: [
                Board.Complaint(
                    file: "acme.yaml", text: "acme.yaml:12:7: no such key \"gate\"; gates?")
            ], story)
    }

    @Test("nothing sticks out, nothing is blocked, nothing is run", arguments: settings)
    func fits(_ setting: Setting) async throws {
        try await Self.withAll { server in
            let browser = PageBrowser(setting: setting)
            for (name, path) in Self.paths {
                let seen = try await browser.document("\(server.address)\(path)?measured")
                let measured = seen.html.split(separator: "data-measured=\"").dropFirst().first?
                    .prefix { $0 != "\"" }
                #expect(
                    Self.isSound(measured),
                    "\(name): \(setting): \(measured ?? "not measured")")
                #expect(seen.console.isEmpty, "\(name): \(seen.console)")
                let picture = try await browser.screenshot(
                    "\(server.address)\(path)", name, height: setting.width < 400 ? 2400 : 1700)
                let bytes = FileManager.default.contents(atPath: picture)
                #expect((bytes?.count ?? 0) > 5000, "\(picture)")
            }
        }
    }

    @Test("the script changes nothing of a page as it was sent: without one all of it is there")
    func withoutScript() async throws {
        try await Self.withAll { server in
            let with = PageBrowser(setting: Self.settings[2])
            for (name, path) in Self.paths {
                // Both go through the browser's own reading: as sent, and with the script.
                let one = try await with.document(server.address + path)
                let other = try await with.document(server.address + path + "?as-sent")
                #expect(Self.main(one.html) == Self.main(other.html), "\(name)")
                #expect(!Self.main(other.html).isEmpty)
            }
        }
    }

    @Test(
        "a person who is logged in sees every form whole, and an error in words",
        arguments: settings)
    func loggedIn(_ setting: Setting) async throws {
        try await Self.withAll { server in
            let browser = PageBrowser(setting: setting)
            let cookie = try await server.logIn("Ada Lovelace").headers["Cookie"] ?? ""
            for (name, path) in [
                ("ada-overview", "/"), ("ada-waiting", "/channels/acme/app/canary"),
                (
                    "ada-held",
                    "/channels/acme/checkout/latest"
                        + "?promote=1a2b3c4&rollback=1a2b3c4&hold=1a2b3c4&resume=1a2b3c4"
                ),
                ("ada-error", "/channels/acme/none/latest"),
            ] {
                let address = "\(server.address)/as?\(cookie)&to=\(path)"
                let seen = try await browser.document(
                    address + (path.contains("?") ? "&measured" : "?measured"))
                let measured = seen.html.split(separator: "data-measured=\"").dropFirst().first?
                    .prefix { $0 != "\"" }
                #expect(
                    Self.isSound(measured),
                    "\(name): \(setting): \(measured ?? "not measured")")
                #expect(seen.html.contains("Ada Lovelace"), "\(name)")
                let picture = try await browser.screenshot(
                    address, name, height: setting.width < 400 ? 5200 : 3000)
                let bytes = FileManager.default.contents(atPath: picture)
                #expect((bytes?.count ?? 0) > 5000, "\(picture)")
            }
        }
    }

    /// Whether the script found nothing.
    private static func isSound(_ measured: Substring?) -> Bool {
        measured?.hasPrefix("small  unnamed  jumping 0 doubled 0 ") == true
            && measured?.hasSuffix(" over 0 out  dialogs 0") == true
    }

    private static func main(_ html: String) -> String {
        let after = html.split(separator: "<main").dropFirst().first ?? ""
        return String(after.split(separator: "</main>").first ?? "")
    }
}
