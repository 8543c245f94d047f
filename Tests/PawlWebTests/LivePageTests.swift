import Hummingbird
import NIOCore
import PawlCore
import PawlServer
import PawlTesting
import Synchronization
import Testing

/// A page that stays open in a browser. A picture in it comes only when the page has changed, so
/// that the browser is not done loading before.
@Suite("An open page", .serialized, .timeLimit(.minutes(3)))
struct LivePageTests {
    /// Says when the page heard a number, and when its part was swapped; keeps what a person is at.
    private static let script = """
        const Stream = EventSource;
        let isTold = false;
        window.EventSource = class extends Stream {
            constructor(address) {
                super(address);
                this.addEventListener("message", () => {
                    if (isTold) return;
                    isTold = true;
                    document.querySelector("#live a[href='/channels/acme/app/canary']").focus();
                    const old = document.getElementById("live");
                    new MutationObserver(() => {
                        if (document.getElementById("live") === old) return;
                        const at = document.activeElement.getAttribute("href");
                        document.documentElement.dataset.at = at;
                        fetch("/swapped");
                    }).observe(document.body, { childList: true, subtree: true });
                    fetch("/heard");
                });
            }
        };
        addEventListener("DOMContentLoaded", () => {
            const picture = document.createElement("img");
            picture.src = "/picture";
            document.body.append(picture);
        });

        """

    private static func text(_ text: String, _ type: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    @Test("shows what changed without being loaded again, says so, and keeps a person's place")
    func swaps() async throws {
        let (swaps, swapped) = AsyncStream.makeStream(of: Void.self)
        let fresh = PageSituations.settled("acme/fresh/latest")
        try await PageServer.serving(
            PageSituations.all,
            addRoutes: { router, board in
                router.get("/watch.js") { _, _ in Self.text(Self.script, "text/javascript") }
                router.get("/heard") { _, _ in
                    board.show(PageSituations.all + [fresh], complaints: [])
                    return Self.text("", "text/plain")
                }
                router.get("/swapped") { _, _ in
                    swapped.finish()
                    return Self.text("", "text/plain")
                }
                router.get("/picture") { _, _ in
                    for await _ in swaps {}
                    return Self.text("", "image/png")
                }
            },
            { server in
                let browser = PageBrowser(setting: PageBrowser.Setting(width: 1280, isDark: false))
                let seen = try await browser.document("\(server.address)/?watched")
                #expect(seen.html.contains("href=\"/channels/acme/fresh/latest\""))
                #expect(seen.html.contains("data-at=\"/channels/acme/app/canary\""))
                #expect(seen.console.isEmpty, "\(seen.console)")
            })
    }
}
