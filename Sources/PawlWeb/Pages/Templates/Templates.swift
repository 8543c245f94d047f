import Mustache
import PawlReport

/// Every page's text, read once. A template that does not parse would be a mistake in this
/// program: making the pages throws, so that no server begins with it.
struct Templates: Sendable {
    private let library: MustacheLibrary

    init() throws {
        MustacheContentTypes.register(PageText(), named: PageText.name)
        var library = MustacheLibrary()
        for (name, text) in [
            "layout": LayoutTemplate.text, "overview": OverviewTemplate.text,
            "channel": ChannelTemplate.text, "step": StepTemplate.text,
            "history": HistoryTemplate.text, "actions": ActionsTemplate.text,
            "login": LoginTemplate.text, "trouble": TroubleTemplate.text,
            "badge": BadgeTemplate.text, "moment": MomentTemplate.text,
        ] {
            // Each one says it for itself: a template inside of another begins anew.
            try library.register("{{% CONTENT_TYPE:\(PageText.name)}}" + text, named: name)
        }
        self.library = library
    }

    /// A page by the name of its template.
    func page(_ name: String, _ view: Any) -> String {
        library.render(view, withTemplate: name) ?? ""
    }
}

/// How outside text gets into a page. Not as the library does it by itself: that goes by
/// characters, and a `"` with a combining mark is none that it knows.
struct PageText: MustacheContentType {
    static let name = "PAGE"

    func escapeText(_ text: String) -> String { Escaped.html(text) }
}

/// What every page has around its own.
struct Frame {
    let title: String
    /// Who is logged in.
    let person: String?
    let formToken: String
    /// Where logging in leads back to.
    let loginBackPath: String
    let mayLogIn: Bool
    let notice: FrameNotice?
    let asOf: Moment
    let view: Any

    /// What the order before came to.
    struct FrameNotice {
        let noticeTitle: String
        let noticeLines: [String]
        let noticeBadge: Badge
    }
}
