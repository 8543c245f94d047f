import PawlYAML

/// One thing that is wrong in a policy file: where, what, and what to do.
package struct Complaint: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file's name, as the person gave it.
    package let file: String
    /// From 1.
    package let line: Int
    /// From 1, in characters.
    package let column: Int
    /// A clause without a final period. It never holds a secret or an address.
    package let what: String
    /// What to do, as sentences; `nil` where `what` says it already.
    package let advice: String?

    init(file: String, mark: Mark, what: String, advice: String? = nil) {
        self.file = file
        self.line = mark.line
        self.column = mark.column
        self.what = what
        self.advice = advice
    }

    /// What ended the reading of the file.
    init(file: String, fault: YAMLFault) {
        let advice =
            switch fault.cause {
            case .tooLarge: "Split it: one policy file for each repository."
            case .depth: "A policy needs 6 levels at most."
            case .notText, .syntax, .documents, .anchor, .alias, .tag, .mergeKey, .key,
                .duplicateKey, .memory:
                fault.advice
            }
        self.init(file: file, mark: fault.mark, what: fault.what, advice: advice)
    }

    /// `pawl.yaml:12:5: what is wrong. What to do.`
    package var description: String {
        let place = "\(file):\(line):\(column): \(what)"
        guard let advice else { return place }
        return place + (what.hasSuffix("?") ? " " : ". ") + advice
    }
}

/// Everything that is wrong in a policy file, in the file's order.
package struct Complaints: Error, Hashable, Sendable, CustomStringConvertible {
    /// At least one.
    package let all: [Complaint]
    /// How many more there were than are kept.
    package let more: Int

    init(_ all: [Complaint], more: Int = 0) {
        self.all = all
        self.more = more
    }

    /// One a line.
    package var description: String {
        let lines = all.map(\.description).joined(separator: "\n")
        return more == 0 ? lines : lines + "\nand \(more) more"
    }
}
