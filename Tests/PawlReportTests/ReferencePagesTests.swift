import FoundationEssentials
import PawlCore
import PawlPolicyFile
import Testing

/// `docs/reference` is written from the code. With `PAWL_WRITE_DOCS` set (as `make docs` does)
/// these tests write the pages that differ; otherwise they fail.
@Suite("The reference pages say what the code says")
struct ReferencePagesTests {
    @Test(
        "each page",
        arguments: [
            ("reasons.md", ReasonCode.referencePage), ("pawl.schema.json", JSONSchema.text),
        ])
    func page(name: String, text: String) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appending(path: "docs/reference").appending(path: name)
        let written = try? String(contentsOf: file, encoding: .utf8)
        if written != text, ProcessInfo.processInfo.environment["PAWL_WRITE_DOCS"] != nil {
            try Data(text.utf8).write(to: file)
        } else {
            #expect(written == text, "run make docs")
        }
    }
}
