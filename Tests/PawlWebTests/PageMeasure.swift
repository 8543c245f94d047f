import HTTPTypes
import Hummingbird
import NIOCore

/// A script that a page under test is given beside its own: it says in the page what sticks out.
enum PageMeasure {
    static let script = """
        addEventListener("load", () => {
            const width = document.documentElement.clientWidth;
            const out = [...document.querySelectorAll("body *")].filter((element) =>
                !element.closest(".unseen, thead, .skip")
                && element.getBoundingClientRect().right > width + 0.5);
            // WCAG 2.2, 2.5.8: 24 by 24 pixels to tap on, but for links within a sentence.
            const controls = [...document.querySelectorAll("a, button, input, textarea, summary")]
                .filter((element) => element.type !== "hidden" && element.checkVisibility()
                    && !element.matches(".skip"));
            const small = controls.filter((element) => {
                const box = element.getBoundingClientRect();
                return getComputedStyle(element).display !== "inline"
                    && (box.height < 24 || box.width < 24);
            });
            const unnamed = controls.filter((element) => !(element.labels
                && element.matches("input, textarea") ? element.labels.length
                : element.textContent.trim() || element.ariaLabel));
            const jumping = document.querySelectorAll(
                "[tabindex]:not([tabindex='0'], [tabindex='-1'])");
            const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
            const names = (elements) => elements.map((element) =>
                element.tagName + "." + element.className + " " + element.textContent.trim());
            document.documentElement.dataset.measured = [
                "small", names(small).join(","), "unnamed", names(unnamed).join(","),
                "jumping", jumping.length, "doubled", ids.length - new Set(ids).size,
                "width", width, "over", document.documentElement.scrollWidth - width,
                "out", out.map((element) => element.tagName + "." + element.className).join(","),
                "dialogs", window.alerted || 0,
            ].join(" ");
        });

        """

    /// The page that the script is put into is taken from the server itself.
    static func addRoutes(to router: Router<BasicRequestContext>) {
        router.get("/measure.js") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/javascript"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: script)))
        }
        // A browser that is only given an address gets its session here.
        router.get("/as") { request, _ in
            let query = request.uri.query ?? ""
            let halves = query.split(separator: "&to=", maxSplits: 1)
            return Response(
                status: .seeOther,
                headers: [
                    .location: String(halves.last ?? "/"),
                    .setCookie: "\(halves.first ?? ""); Path=/; HttpOnly; SameSite=Strict",
                ])
        }
        router.middlewares.add(Measuring())
    }
}

/// Adds the script to pages whose address ends in `measured`, one of a test's own where it ends
/// in `watched`; takes the page's own away where it ends in `as-sent`.
struct Measuring: RouterMiddleware {
    typealias Input = Request
    typealias Output = Response
    typealias Context = BasicRequestContext

    func handle(
        _ request: Request, context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let response = try await next(request, context)
        let query = request.uri.query ?? ""
        let (old, new): (String, String)
        if query.hasSuffix("measured") {
            (old, new) = ("</head>", "<script src=\"/measure.js\"></script></head>")
        } else if query.hasSuffix("watched") {
            (old, new) = ("<head>", "<head><script src=\"/watch.js\"></script>")
        } else if query.hasSuffix("as-sent") {
            (old, new) = ("<script src=\"/assets/live.js\" defer></script>", "")
        } else {
            return response
        }
        var changed = response
        changed.body = response.body.map { buffer in
            let text = String(buffer: buffer).replacing(old, with: new)
            return ByteBuffer(string: text)
        }
        changed.headers[.contentLength] = nil
        return changed
    }
}
