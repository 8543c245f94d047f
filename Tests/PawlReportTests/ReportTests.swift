import PawlActions
import PawlCore
import PawlEngine
import PawlReport
import Testing

/// A receipt as a run would give it.
private func receipt(
    _ outcome: Receipt.Outcome, _ reasons: [Reason] = [], promoted: Bool = false
) throws -> Receipt {
    var receipt = Receipt(
        channel: try Channel.Name("latest"),
        commit: try CommitID("1a2b3c4" + String(repeating: "0", count: 33)),
        outcome: outcome, reasons: reasons)
    receipt.promoted = promoted
    return receipt
}

@Suite("The result, in words and as a document")
struct ReportTests {
    @Test("a rejection is one line, its reason and what to do")
    func rejection() throws {
        let report = TextReport(style: .plain, showsFindings: false)
        let text = report.text(
            of: try receipt(.reject, [Reason(.gateFailed, "e2e.yml", "e2e.yml ended in failure.")]))
        #expect(
            text == """
                rejected  latest  1a2b3c4 will not go
                  gate-failed: e2e.yml ended in failure.
                    -> Push a fix, or run the gate again if it was a flake.

                """)
    }

    @Test("no line is longer than the terminal, and no colour goes into a pipe")
    func wrapping() throws {
        let long = String(repeating: "words ", count: 60)
        let reasons = [Reason(.gateUnreadable, "e2e.yml", long)]
        let narrow = TextReport(
            style: Style(isColoured: false, columns: 80), showsFindings: false)
        let lines = narrow.text(of: try receipt(.hold, reasons)).split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 80 })
        #expect(lines.count > 4)
        let plain = TextReport(style: .plain, showsFindings: false)
        #expect(!plain.text(of: try receipt(.hold, reasons)).contains("\u{1B}"))
    }

    @Test("the document has every key of schema 1, and a look of the same form")
    func document() throws {
        var receipt = try receipt(.promote, promoted: true)
        receipt.look = [try self.look()]
        let text = ResultDocument.json(
            [receipt], requests: ResultDocument.Requests(registry: 8, host: 2)
        ).text
        for key in [
            "schema", "verdict", "channel", "sha", "short_sha", "previous", "override", "dry_run",
            "promoted", "entry", "reasons", "images", "look", "requests",
        ] {
            #expect(text.contains("\"\(key)\": "), "\(key)")
        }
        #expect(text.contains(#""requests": {"registry": 8, "host": 2}"#))
        #expect(text.contains(#""promoted": true, "entry": null"#))
        #expect(text.contains(#""look": {"schema": 1, "verdict": "settled""#))
    }

    private func look() throws -> Receipt { try receipt(.settled) }

    @Test("several channels are an array")
    func several() throws {
        let receipts = [try receipt(.settled), try receipt(.hold)]
        #expect(ResultDocument.json(receipts, requests: nil).text.hasPrefix("[{"))
    }
}

@Suite("In GitHub Actions")
struct ActionWordsTests {
    @Test("outputs are heredocs whose delimiter no value can hold")
    func heredocs() throws {
        var words = ["same", "same", "same", "same", "same", "same", "same", "same"].makeIterator()
        let text = ActionOutputs.text(
            [try receipt(.promote, promoted: true)],
            document: .string("a\npawl_same\nverdict=forged"), delimiter: { words.next() ?? "" })
        #expect(text.contains("verdict<<pawl_same\npromote\npawl_same\n"))
        // The document has no raw line break; its text holds the delimiter, so it is left out.
        #expect(text.hasSuffix("result<<pawl_same\n\npawl_same\n"))
    }

    @Test("an annotation stays one command, whatever a reason says")
    func annotation() throws {
        let reason = Reason(
            .sourceMismatch, "x", "says \"1\n::error::forged\r##[group]\" 100%")
        let lines = Annotations.lines([try receipt(.reject, [reason])])
        #expect(lines.count == 1)
        #expect(lines[0].hasPrefix("::error title=pawl latest::Rejected 1a2b3c4."))
        #expect(!lines[0].contains("\n"))
        #expect(!lines[0].contains("##["))
        #expect(lines[0].contains("100%25"))
    }

    @Test("the summary keeps text from outside out of its Markdown")
    func summary() throws {
        let reason = Reason(.sourceMismatch, "x", "<img src=x> | [a](b)\n# heading")
        let markdown = JobSummary.markdown([try receipt(.reject, [reason])])
        #expect(!markdown.contains("<img"))
        #expect(!markdown.contains("\n# heading"))
        #expect(markdown.contains("\\| \\[a\\]\\(b\\)"))
    }

    @Test("a summary that would be too long is cut with a note")
    func longSummary() throws {
        let reasons = (0..<20_000).map { Reason(.gateAbsent, "\($0)", "Gate \($0) is absent.") }
        let markdown = JobSummary.markdown([try receipt(.hold, reasons)])
        #expect(markdown.utf8.count <= Limits.stepSummaryBytesMax + 200)
        #expect(markdown.hasSuffix("than a step may write.*\n"))
    }
}
