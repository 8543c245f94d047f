import PawlCore
import PawlYAML

extension PortFailure {
    /// It is no workflow file.
    static func garbled(_ what: String, at mark: Mark) -> PortFailure {
        PortFailure(.garbled, what, at: mark, advice: nil)
    }

    /// GitHub would not load it, or its triggers cannot be judged.
    static func unsupported(_ what: String, at mark: Mark) -> PortFailure {
        PortFailure(
            .unsupported, what, at: mark,
            advice: "Correct the file, or run the gate on this commit.")
    }

    /// What ended the reading.
    init(_ fault: YAMLFault) {
        switch fault.cause {
        case .notText, .syntax, .documents, .key, .duplicateKey:
            self.init(.garbled, fault.what, at: fault.mark, advice: fault.advice)
        case .tooLarge: self.init(.tooLarge, fault.what, at: fault.mark, advice: nil)
        case .depth, .memory: self.init(.unsupported, fault.what, at: fault.mark, advice: nil)
        case .anchor, .alias, .mergeKey:
            self.init(
                .unsupported, "it uses YAML anchors where it says what starts it", at: fault.mark,
                advice: "Run the gate on this commit, or write the file without anchors there.")
        case .tag:
            self.init(
                .unsupported, "it uses YAML tags (!name) where it says what starts it",
                at: fault.mark,
                advice: "Run the gate on this commit, or write the file without tags there.")
        }
    }

    private init(_ code: Code, _ what: String, at mark: Mark, advice: String?) {
        self.init(
            code: code, subject: "the workflow file",
            detail: "line \(mark.line), column \(mark.column): \(what)", advice: advice)
    }
}
