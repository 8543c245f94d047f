import PawlWeb
import Testing

@Suite("Templates")
struct TemplateTests {
    private struct View {
        var title = "a < b"
        var count = 3
        var isOpen = true
        var isShut = false
        var note: String?
        var inner: Inner?
        var list: [Inner] = []
        var words: [String] = []
    }

    private struct Inner {
        var name = "inner"
        var title: String?
    }

    private func page(_ text: String, _ view: View = View(), beside: [String: String] = [:]) throws
        -> String
    {
        try Templates(["page": text].merging(beside) { $1 }).page("page", view)
    }

    @Test("a value is escaped wherever it stands, and what there is not is nothing")
    func values() throws {
        #expect(
            try page(#"<b title="{{title}}">{{count}}{{note}}{{unknown}}</b>"#)
                == #"<b title="a &lt; b">3</b>"#)
        let view = View(words: ["'", "\"\u{301}", "{{count}}", "&amp;"])
        #expect(
            try page("{{#words}}{{.}} {{/words}}", view)
                == "&#39; &quot;\u{301} {{count}} &amp;amp; ")
    }

    @Test("a section stands for a truth, a value, each element; its opposite for the lack of one")
    func sections() throws {
        let text = "{{#isOpen}}o{{/isOpen}}{{#isShut}}s{{/isShut}}{{^isShut}}n{{/isShut}}"
        #expect(try page(text) == "on")
        let list = "{{#list}}{{name}}.{{/list}}{{^list}}none{{/list}}"
        #expect(try page(list) == "none")
        #expect(try page(list, View(list: [Inner(), Inner(name: "2")])) == "inner.2.")
        let inner = "{{#inner}}{{name}} of {{count}}{{/inner}}{{^inner}}none{{/inner}}"
        #expect(try page(inner) == "none")
        #expect(try page(inner, View(inner: Inner())) == "inner of 3")
        #expect(try page("{{#note}}{{note}}!{{/note}}", View(note: "so")) == "so!")
    }

    @Test("what a view does not have is not taken from the one around it")
    func nearest() throws {
        #expect(try page("{{#inner}}[{{title}}]{{/inner}}", View(inner: Inner())) == "[]")
    }

    @Test("a page stands in a frame, and a piece in a page")
    func frames() throws {
        let beside = ["frame": "<{{$body}}empty{{/body}}>", "piece": "{{name}}"]
        let text = "{{<frame}}{{$body}}{{#inner}}{{>piece}}{{/inner}}{{/body}}{{/frame}}"
        #expect(try page(text, View(inner: Inner()), beside: beside) == "<inner>")
        #expect(try page("{{<frame}}{{/frame}}", beside: beside) == "<empty>")
        #expect(try page("{{<frame}}{{/frame}}{{>frame}}", beside: beside) == "<empty><empty>")
    }

    @Test("a tag that has a line for itself takes it along")
    func lines() throws {
        let view = View(list: [Inner(name: "1"), Inner(name: "2")])
        #expect(
            try page("a\n{{#list}}\n{{name}}\n{{/list}}\nb {{#isOpen}}\nc{{/isOpen}}\n", view)
                == "a\n1\n2\nb \nc\n")
    }

    @Test(
        "a template with a mistake is refused",
        arguments: [
            "{{title", "{{#list}}", "{{/list}}", "{{#list}}{{/isOpen}}", "{{}}", "{{{title}}}",
            "{{&title}}", "{{ title }}", "{{#}}", "{{>nowhere}}", "{{<nowhere}}{{/nowhere}}",
            "{{#isOpen}}{{>nowhere}}{{/isOpen}}", "{{<>page}}",
        ])
    func mistakes(_ text: String) {
        #expect(throws: TemplateMistake.self) { try page(text) }
    }
}
