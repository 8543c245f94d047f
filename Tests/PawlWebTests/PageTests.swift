import PawlCore
import PawlServer
import Testing

@Suite("Pages")
struct PageTests {
    @Test("the list says of every channel where it is, how far behind, and why")
    func overview() async throws {
        try await PageServer.serving(PageSituations.all) { server in
            let page = try await server.send("GET", "/")
            #expect(page.status == 200)
            for word in [
                "up to date", "waiting", "stopped", "held", "split", "moved by others",
                "cannot tell", "live is red", "may go", "nothing live yet", "not looked at yet",
            ] {
                #expect(page.text.contains("</svg>\(word)</span>"), "\(word)")
            }
            #expect(page.text.contains("at \(PageSituations.live.short)"))
            #expect(
                page.text.contains("2 commits behind \(PageSituations.newest.short), for 3 h 5 min")
            )
            #expect(page.text.contains("e2e.yml is in progress for"))
            #expect(page.text.contains("holds latest: payments are down."))
            #expect(
                page.text.contains(
                    "ghcr.io/acme/app:latest is at \(PageSituations.live.short), "
                        + "ghcr.io/acme/worker:latest is at \(PageSituations.between.short)."))
            #expect(page.text.contains("moved <time datetime=\"2026-04-30T10:00:00Z\""))
            #expect(page.text.contains(">2 h ago</time>"))
        }
    }

    @Test("the list is filtered by name and by state, and cut into pages")
    func filters() async throws {
        let many = (0..<150).map { PageSituations.settled("acme/app\($0)/latest") }
        try await PageServer.serving(PageSituations.all + many) { server in
            let named = try await server.send("GET", "/?q=BILLING").text
            #expect(named.contains("/channels/acme/billing/latest"))
            #expect(!named.contains("/channels/acme/edge/latest"))
            let held = try await server.send("GET", "/?state=held").text
            #expect(held.contains("/channels/acme/checkout/latest"))
            #expect(!held.contains("/channels/acme/billing/latest"))
            let second = try await server.send("GET", "/?page=2").text
            #expect(second.contains("101 to 161 of 161 channels"))
            #expect(second.contains("rel=\"prev\""))
            for odd in ["page=-1", "page=9999999999999999999999", "page=x", "state=%00", "q=%"] {
                let page = try await server.send("GET", "/?\(odd)")
                #expect(page.status == 200, "\(odd)")
            }
            let none = try await server.send("GET", "/?q=%3Cscript%3E").text
            #expect(none.contains("No channel fits."))
            #expect(none.contains("value=\"&lt;script&gt;\""))
        }
    }

    @Test("an image that could not be read is not said to have no commit")
    func unreadable() async throws {
        let situations = [PageSituations.unreadable("acme/gateway/latest")]
        try await PageServer.serving(situations) { server in
            let page = try await server.send("GET", "/channels/acme/gateway/latest").text
            #expect(page.contains("not known"))
            #expect(!page.contains(">none<"))
        }
    }

    @Test("a server without channels says what to do, and shows policy files it did not take")
    func empty() async throws {
        let complaint = Board.Complaint(file: "acme.yaml", text: "acme.yaml:3:5: no such key: <b>")
        try await PageServer.serving([], complaints: [complaint]) { server in
            let page = try await server.send("GET", "/").text
            #expect(page.contains("There is no channel yet."))
            #expect(page.contains("acme.yaml was not taken over"))
            #expect(page.contains("acme.yaml:3:5: no such key: &lt;b&gt;"))
        }
    }

    @Test("a channel's page shows each commit with every rule's word, its text, advice and link")
    func evidence() async throws {
        try await PageServer.serving(PageSituations.all) { server in
            let waiting = try await server.send("GET", "/channels/acme/app/canary").text
            #expect(waiting.contains("</svg>pass</span>"))
            #expect(waiting.contains("</svg>hold</span>"))
            #expect(waiting.contains("href=\"https://github.com/acme/app/actions/runs/7\""))
            #expect(waiting.contains("the gate&#39;s own completion is the next event."))
            #expect(waiting.contains("all 2 images agree"))
            #expect(waiting.contains("sha256:"))
            #expect(waiting.contains("\(PageSituations.between.short) → "))
            #expect(waiting.contains("again <time"))
            let stopped = try await server.send("GET", "/channels/acme/billing/latest").text
            #expect(stopped.contains("</svg>reject</span>"))
            #expect(stopped.contains("Push a fix, or run the gate again if it was a flake."))
            let held = try await server.send("GET", "/channels/acme/checkout/latest").text
            #expect(held.contains("by ada (page) since 2026-04-30T11:00:00Z: payments are down"))
            #expect(held.contains("only \(PageSituations.live.short) and its descendants"))
            #expect(held.contains("<dt>Quarantined</dt><dd>\(PageSituations.between.short)"))
            #expect(held.contains("not as recorded"))
            #expect(held.contains("recorded: sha256:"))
            #expect(held.contains("payments are down</p>"))
        }
    }

    @Test(
        "what is no channel is not found, in words",
        arguments: [
            "/channels/acme/app/none", "/channels/acme/app/UPPER", "/channels/%2e%2e/app/latest",
            "/channels/acme/%3Cscript%3E/latest",
        ])
    func notFound(_ path: String) async throws {
        try await PageServer.serving(PageSituations.all) { server in
            let page = try await server.send("GET", path)
            #expect(page.status == 404)
            #expect(page.text.contains("No such channel"))
            #expect(!page.text.contains("<script>"))
        }
    }

    @Test("outside text stays text, wherever it stands")
    func hostile() async throws {
        let situations = [PageSituations.hostile("acme/app/latest")]
        let complaint = Board.Complaint(
            file: PageSituations.hostile, text: PageSituations.hostile)
        try await PageServer.serving(situations, complaints: [complaint]) { server in
            for path in ["/", "/channels/acme/app/latest"] {
                let page = try await server.send("GET", path).text
                #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
                #expect(page.contains("{{7*7}}"))
                for harm in [
                    "<script>alert", "<img src=x", "javascript:", "\u{202E}", "\u{200B}",
                ] {
                    #expect(!page.contains(harm), "\(path): \(harm)")
                }
                // By scalars: by characters, a quotation mark with an accent is none.
                #expect(!Array(page.unicodeScalars).contains(["\"", "\u{301}"]))
            }
        }
    }

    @Test("a page forbids what it does not need, and files are sent again only if they changed")
    func headers() async throws {
        try await PageServer.serving(PageSituations.all) { server in
            for path in ["/", "/channels/acme/app/latest", "/login", "/nowhere/else"] {
                let page = try await server.send("GET", path)
                guard page.status == 200 else { continue }
                let policy = page.headers["content-security-policy"] ?? ""
                #expect(
                    policy
                        == "default-src 'none'; style-src 'self'; script-src 'self'; "
                        + "connect-src 'self'; img-src 'self' data:; form-action 'self'; "
                        + "frame-ancestors 'none'; base-uri 'none'")
                #expect(page.headers["x-content-type-options"] == "nosniff")
                #expect(page.headers["cache-control"] == "no-store")
                #expect(page.headers["referrer-policy"] == "same-origin")
                for inline in [" style=", " onclick=", "<script>", "<style>", "javascript:"] {
                    #expect(!page.text.contains(inline), "\(path)\(inline)")
                }
            }
            for path in ["/assets/pawl.css", "/assets/live.js", "/assets/pawl.svg"] {
                let file = try await server.send("GET", path)
                #expect(file.status == 200)
                let tag = try #require(file.headers["etag"])
                let again = try await server.send("GET", path, ["If-None-Match": tag])
                #expect(again.status == 304)
                #expect(again.text.isEmpty)
            }
        }
    }
}
