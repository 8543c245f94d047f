import FoundationEssentials
import PawlCore
import PawlServer
import Testing

@Suite("Pages in a browser", .serialized)
struct PageBrowserTests {
    typealias Setting = PageBrowser.Setting

    static let settings = [
        Setting(width: 320, isDark: false, hasScript: true),
        Setting(width: 320, isDark: true, hasScript: true),
        Setting(width: 1280, isDark: false, hasScript: true),
        Setting(width: 1280, isDark: true, hasScript: true),
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
                    measured == "width \(setting.width) over 0 out  dialogs 0", "\(name): \(setting)")
                #expect(seen.console.isEmpty, "\(name): \(seen.console)")
                let picture = try await browser.screenshot(
                    "\(server.address)\(path)", name, height: setting.width < 400 ? 2400 : 1700)
                let bytes = FileManager.default.contents(atPath: picture)
                #expect((bytes?.count ?? 0) > 5000, "\(picture)")
            }
        }
    }

    @Test("without a script the pages say the same, and every form is there")
    func withoutScript() async throws {
        try await Self.withAll { server in
            let with = PageBrowser(setting: Self.settings[2])
            let without = PageBrowser(
                setting: Setting(width: 1280, isDark: false, hasScript: false))
            for (name, path) in Self.paths {
                let one = try await with.document(server.address + path)
                let other = try await without.document(server.address + path)
                #expect(Self.main(one.html) == Self.main(other.html), "\(name)")
                #expect(other.console.isEmpty)
                #expect(!Self.main(other.html).isEmpty)
            }
            let measured = try await without.document("\(server.address)/?measured")
            #expect(!measured.html.contains("data-measured"))
        }
    }

    private static func main(_ html: String) -> String {
        let after = html.split(separator: "<main").dropFirst().first ?? ""
        return String(after.split(separator: "</main>").first ?? "")
    }
}
