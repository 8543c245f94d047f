import PawlCore
import PawlEngine

// A trace as a person reads it: one line for each record, commits as c4, errands as #2.

extension Trace {
    /// The commits, then what happened.
    package func text() -> String {
        ([shape.text] + chart.commits.map(Self.text) + records.indices.map(line))
            .joined(separator: "\n")
    }

    /// One record with its moment.
    func line(at place: Int) -> String {
        "\(Self.clock(records[place].at))  \(Self.text(records[place].what))"
    }

    private static func text(_ commit: Chart.Commit) -> String {
        let parents = commit.parents.map { "c\($0)" }.joined(separator: " ")
        let files = commit.tree.versions.map(String.init).joined()
        return "        c\(commit.slot) <- \(parents.isEmpty ? "nothing" : parents), files \(files)"
    }

    /// Minutes, seconds and milliseconds.
    private static func clock(_ at: Int64) -> String {
        func padded(_ number: Int64, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        return "\(padded(at / 60_000, 3)):\(padded(at / 1_000 % 60, 2)).\(padded(at % 1_000, 3))"
    }

    /// One record in words.
    package static func text(_ what: Happening) -> String {
        switch what {
        case .pushed(let slot, let isForced):
            "the branch is \(isForced ? "forced to" : "at") c\(slot)"
        case .run(let run): text(run)
        case .checked(let slot, let state): "check of c\(slot): \(state)"
        case .published(let artifact, let shelf):
            "image \(artifact.image) of c\(shelf) is published: \(artifact)"
        case .unpublished(let image, let shelf): "image \(image) of c\(shelf) is deleted"
        case .moved(let image, let artifact):
            "somebody puts image \(image) at \(artifact.map { "\($0)" } ?? "nothing")"
        case .switched(let workflow, let isActive):
            "\(workflow) is switched \(isActive ? "on" : "off")"
        case .frozen(let image, let isFrozen):
            "the tag of image \(image) \(isFrozen ? "is made immutable" : "may be moved again")"
        case .calm: "CALM"
        case .began(let errand, let order): "#\(errand) begins: \(text(order))"
        case .saw(let errand, let question, let artifact, let asOf):
            "#\(errand) saw \(text(question))"
                + (artifact.map { ": \($0)" } ?? "") + " as of \(clock(asOf))"
        case .failed(let errand, let question, let code):
            "#\(errand) could not: \(text(question)), \(code.rawValue)"
        case .judged(let errand, let judgement):
            "#\(errand) judged c\(judgement.slot): \(judgement.outcome.rawValue)"
                + (judgement.isOverride ? " by order" : "")
        case .sent(let errand, let artifact):
            "#\(errand) sends image \(artifact.image) to \(artifact)"
        case .landed(let errand, let artifact):
            "#\(errand) MOVED image \(artifact.image) to \(artifact)"
        case .answered(let errand, let artifact, let code):
            "#\(errand) hears of image \(artifact.image): \(code?.rawValue ?? "moved")"
        case .recorded(let errand, let entry):
            "#\(errand) RECORDED \(entry.number): \(text(entry))"
        case .announced(let errand, let number, _): "#\(errand) told the hook of \(number)"
        case .crashed(let errand): "#\(errand) is KILLED"
        case .ended(let errand, let receipt): "#\(errand) ends: \(text(receipt))"
        }
    }

    private static func text(_ run: Run) -> String {
        "\(run.workflow) of c\(run.slot), attempt \(run.attempt): \(run.state)"
            + (run.decoy.map { " (\($0.rawValue))" } ?? "")
            + (run.job == .success ? "" : ", its job \(run.job)")
    }

    private static func text(_ order: Order) -> String {
        switch order {
        case .event(let run): "\(text(run))"
        case .promote(let slot, let digits, let isOverride):
            "promote c\(slot)\(digits < 40 ? " by \(digits) digits" : "")"
                + (isOverride ? " past the rules" : "")
        case .resume(let slot): "resume" + (slot.map { " from c\($0)" } ?? "")
        case .rollback(let slot): "rollback to c\(slot)"
        case .quarantine(let slot): "quarantine c\(slot)"
        case .look, .hold, .adopt, .follow: "\(order)"
        }
    }

    private static func text(_ question: Question) -> String { "\(question)" }

    private static func text(_ entry: Entry) -> String {
        entry.title + (entry.reason.map { " (\($0))" } ?? "")
    }

    static func text(_ receipt: Receipt) -> String {
        let codes = receipt.reasons.map(\.code.rawValue).joined(separator: ", ")
        return receipt.outcome.rawValue + (receipt.commit.map { " \($0.short)" } ?? "")
            + (codes.isEmpty ? "" : " (\(codes))")
            + (receipt.look.first.map { "; look: \(text($0))" } ?? "")
    }
}

extension Shape {
    /// The shape in a few words.
    package var text: String {
        var words = ["\(images) images", door.rawValue]
        if hasLedger { words.append(restores ? "ledger, restores" : "ledger") }
        words += gates.map { gate in
            switch gate {
            case .workflow(let workflow, let absent, let cancelled, let byJob):
                "\(workflow) (absent: \(absent), cancelled: \(cancelled)\(byJob ? ", by job" : ""))"
            case .check: "check"
            case .age(let minutes): "age \(minutes)m"
            }
        }
        if beginning != .live { words.append("begins \(beginning.rawValue)") }
        if hasTwins { words.append("twins") }
        if acceptsUnlabelled { words.append("accepts unlabelled") }
        if settlesBehind { words.append("behind settles") }
        if pageRows < 100 { words.append("pages of \(pageRows)") }
        if listedFiles < 100 { words.append("lists \(listedFiles) file") }
        return words.joined(separator: ", ")
    }
}
