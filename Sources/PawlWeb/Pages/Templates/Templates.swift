/// Every page's text, read once. They are written in a part of Mustache's language: values,
/// sections, partials, and blocks for the frame around a page.
package struct Templates: Sendable {
    /// Those of the server's pages.
    static let pages = [
        "layout": LayoutTemplate.text, "overview": OverviewTemplate.text,
        "channel": ChannelTemplate.text, "step": StepTemplate.text,
        "history": HistoryTemplate.text, "actions": ActionsTemplate.text,
        "login": LoginTemplate.text, "trouble": TroubleTemplate.text,
        "badge": BadgeTemplate.text, "moment": MomentTemplate.text,
    ]

    private let templates: [String: [TemplatePart]]

    /// Reads templates by their names. One that does not parse, or needs one that is not there, is
    /// a mistake in this program: making the pages throws, so that no server begins with it.
    package init(_ texts: [String: String]) throws(TemplateMistake) {
        var templates: [String: [TemplatePart]] = [:]
        for (name, text) in texts { templates[name] = try TemplateReader.parts(of: text) }
        for need in templates.values.joined().flatMap(\.needs) where templates[need] == nil {
            throw TemplateMistake(detail: "there is no template \(need)")
        }
        self.templates = templates
    }

    /// A page by the name of its template. Values are the fields of the view, escaped.
    package func page(_ name: String, _ view: Any) -> String {
        var writer = TemplateWriter(templates, view: view)
        writer.write(name)
        return writer.page
    }
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
