import PawlActions
import PawlCore
import PawlEngine
import PawlReport

/// Receipts with outside text wherever outside text can be, and the same ones with a plain word in
/// its place: what is shown of both must have the same shape.
struct OutsideReceipts {
    let receipts: [Receipt]
    let plain: [Receipt]
    let wrongUse: WrongUse
    let delimiter: String

    init(_ bytes: [UInt8]) throws(Broken) {
        let texts = OutsideBytes.texts(10, in: bytes)
        receipts = try Self.receipts(texts)
        let link = texts[6].utf8.isEmpty ? "" : "https://example.com/run"
        plain = try Self.receipts([texts[0]] + Array(repeating: "x", count: 5) + [link, "x"])
        wrongUse = WrongUse(texts[8], advice: texts[9].isEmpty ? nil : texts[9])
        delimiter = texts[7]
    }

    private static func receipts(_ texts: [String]) throws(Broken) -> [Receipt] {
        var choice = texts[0].utf8.reduce(UInt64(7)) { $0 &* 31 &+ UInt64($1) }
        func next(_ bound: Int) -> Int {
            choice = choice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(choice >> 33) % bound
        }
        guard let channel = try? Channel.Name("latest"),
            let commit = try? CommitID(String(repeating: "1a", count: 20)),
            let other = try? CommitID(String(repeating: "2b", count: 20))
        else { throw Broken("a constant is malformed") }
        let codes = ReasonCode.allCases
        let reasons = [
            Reason(codes[next(codes.count)], texts[1], texts[2], advice: texts[3]),
            Reason(codes[next(codes.count)], other.hex, texts[4]),
        ]
        let rules = Finding.Rule.allCases
        let judgements: [Finding.Judgement] = [
            .pass, .warn(reasons[0]), .settle(reasons[0]), .hold(reasons[0]), .reject(reasons[0]),
        ]
        var findings = [
            Finding(
                rules[next(rules.count)], texts[1], judgements[next(5)], evidence: texts[5],
                link: texts[6]),
            Finding(rules[next(rules.count)], judgements[next(5)]),
        ]
        findings[0].isOverridden = next(2) == 0
        func receipt() -> Receipt {
            let outcomes = Receipt.Outcome.allCases
            var receipt = Receipt(
                channel: channel, commit: next(4) == 0 ? nil : commit,
                outcome: outcomes[next(outcomes.count)], reasons: reasons)
            receipt.findings = findings
            receipt.previous = next(2) == 0 ? other : nil
            receipt.promoted = next(2) == 0
            receipt.isDryRun = next(3) == 0
            receipt.entry = next(2) == 0 ? 7 : nil
            if next(2) == 0 {
                receipt.override = try? Override(actor: texts[1], reason: "x\(texts[4])")
            }
            return receipt
        }
        var first = receipt()
        if next(2) == 0 { first.look = [receipt()] }
        return next(3) == 0 ? [first, receipt()] : [first]
    }
}

extension FuzzTarget {
    private static let names = [
        "verdict", "promoted", "reason", "sha", "short_sha", "previous", "channel", "result",
    ]

    /// Outputs of the action, read as the runner reads them: no value makes or changes another one,
    /// even where it knows what ends it.
    static let outputs = FuzzTarget("outputs") { bytes throws(Broken) in
        let outside = try OutsideReceipts(bytes)
        let document = ResultDocument.json(outside.receipts, requests: nil)
        let delimiter = outside.delimiter.filter { !$0.isNewline }
        let text = ActionOutputs.text(
            outside.receipts, document: document, delimiter: { delimiter })
        let outputs = try needed(Runner.outputs(text), "a runner refuses the outputs: \(text)")
        try hold(outputs.map(\.name) == names, "a runner reads \(outputs.map(\.name))")
        for output in outputs.dropLast() {
            try hold(
                output.value.utf8.allSatisfy { (0x21..<0x7F).contains($0) },
                "\(output.name) is no word: \(output.value)")
        }
        let result = outputs.last?.value ?? ""
        try hold(
            result.isEmpty || result.isSame(as: document.text), "the result is cut: \(result)")
        let read = try needed(
            try? JSONValue(parsing: Array(document.text.utf8)), "the result is no JSON")
        try hold(read == document, "the result is read as another one")
    }

    /// Annotations, read as the runner reads them: one command a line, with a title and a message.
    static let annotations = FuzzTarget("annotations") { bytes throws(Broken) in
        let outside = try OutsideReceipts(bytes)
        let lines = Annotations.lines(outside.receipts) + [Annotations.line(outside.wrongUse)]
        let plain = Annotations.lines(outside.plain)
        try hold(lines.count == plain.count + 1, "there is an annotation more or less")
        for line in lines {
            try hold(Shown.isOneLine(line), "an annotation is more than a line")
            try hold(
                !Shown.hasBracketCommand(line), "an annotation has a runner's command: \(line)")
            let command = try needed(Runner.command(line), "a runner reads no command: \(line)")
            try hold(
                ["notice", "warning", "error"].contains(command.name),
                "a runner reads the command \(command.name)")
            try hold(
                command.properties == [["title", "pawl latest"]]
                    || command.properties == [["title", "pawl"]],
                "a runner reads the properties \(command.properties)")
            try hold(Shown.isOneLine(command.message), "a message is more than a line: \(line)")
        }
    }

    /// The step summary: outside text leaves the shape of the page as it is.
    static let summary = FuzzTarget("summary") { bytes throws(Broken) in
        let outside = try OutsideReceipts(bytes)
        let text = JobSummary.markdown(outside.receipts)
        try hold(text.utf8.count <= Limits.stepSummaryBytesMax + 1000, "a summary is too long")
        if text.utf8.count < Limits.stepSummaryBytesMax {
            try isAlike(text, JobSummary.markdown(outside.plain), signs: "|<>`#*[")
        }
        let plain = WrongUse("x", advice: outside.wrongUse.advice.map { _ in "x" })
        try isAlike(
            JobSummary.markdown(outside.wrongUse), JobSummary.markdown(plain), signs: "|<>`#*[")
    }

    /// The report for people: lines of the same number, without control characters.
    static let textReport = FuzzTarget("text-report") { bytes throws(Broken) in
        let outside = try OutsideReceipts(bytes)
        let report = TextReport(style: .plain, showsFindings: true)
        for (receipt, plain) in zip(outside.receipts, outside.plain) {
            let text = report.text(of: receipt)
            try hold(!Shown.hasBracketCommand(text), "a report has a runner's command: \(text)")
            try isAlike(text, report.text(of: plain), signs: "")
        }
    }

    private static func isAlike(
        _ text: String, _ plain: String, signs: String
    ) throws(Broken) {
        try hold(Shown.isLines(text), "a page has control characters: \(text.debugDescription)")
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        let others = plain.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        try hold(lines.count == others.count, "a page has \(lines.count) lines: \(text)")
        guard !signs.isEmpty else { return }
        let signs = Set(signs.unicodeScalars)
        for (line, other) in zip(lines, others) {
            let own = Markup.bare(in: withoutLink(line)).filter(signs.contains)
            let expected = Markup.bare(in: withoutLink(other)).filter(signs.contains)
            try hold(
                own == expected, "a line has the markup \(own): \(String(line).debugDescription)")
        }
    }

    /// A line without the one link that it may have, which is checked apart.
    private static func withoutLink(_ line: Substring.UnicodeScalarView) -> String {
        let text = String(line)
        guard let start = text.firstRange(of: " ([look](<"),
            let end = text[start.upperBound...].firstRange(of: ">))")
        else { return text }
        return String(text[..<start.lowerBound]) + String(text[end.upperBound...])
    }
}
