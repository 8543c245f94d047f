import PawlCore
import Testing

@Suite("Reason codes")
struct ReasonCodeTests {
    /// One sentence: begins with a capital, ends with its only full stop that closes a sentence.
    private func isOneSentence(_ text: String) -> Bool {
        text.first?.isUppercase == true && text.hasSuffix(".") && !text.hasSuffix("..")
            && !text.dropLast().contains(". ") && !text.contains("\n") && text.count > 7
    }

    @Test("each has a meaning and an advice of one sentence", arguments: ReasonCode.allCases)
    func sentences(code: ReasonCode) {
        #expect(isOneSentence(code.meaning))
        #expect(isOneSentence(code.advice))
    }

    @Test("words are unique and in kebab case")
    func words() {
        let words = ReasonCode.allCases.map(\.rawValue)
        #expect(Set(words).count == words.count)
        for word in words {
            #expect(
                word.split(separator: "-", omittingEmptySubsequences: false).allSatisfy {
                    !$0.isEmpty && $0.utf8.allSatisfy { (97...122).contains($0) }
                })
        }
    }

    @Test("meanings are unique")
    func meanings() {
        #expect(Set(ReasonCode.allCases.map(\.meaning)).count == ReasonCode.allCases.count)
    }

    @Test("the words of the contract for these rules are all there")
    func contract() {
        for word in [
            "source-missing", "source-mismatch", "source-unlabelled", "build-running",
            "build-absent", "build-failed", "gate-failed", "gate-running", "gate-cancelled",
            "gate-skipped", "gate-absent", "gate-unknown", "gate-unreadable", "behind", "diverged",
            "ancestry-unreadable", "unlabelled", "group-split", "target-moved",
            "registry-unreadable", "registry-denied", "tag-immutable", "not-concerned",
            "other-branch", "from-fork", "upstream-not-green", "bad-candidate",
        ] {
            #expect(ReasonCode(rawValue: word) != nil)
        }
    }

    @Test("a reason takes its code's advice unless the case at hand knows better")
    func advice() {
        #expect(Reason(.behind, "x", "X.").advice == ReasonCode.behind.advice)
        #expect(Reason(.behind, "x", "X.", advice: "Wait.").advice == "Wait.")
    }

    @Test("the reference page has every word with its meaning and advice, once")
    func page() {
        let page = ReasonCode.referencePage
        for code in ReasonCode.allCases {
            let row = "| `\(code.rawValue)` | \(code.meaning) | \(code.advice) |\n"
            #expect(page.split(separator: row, omittingEmptySubsequences: false).count == 2)
        }
        #expect(page.hasPrefix("# "))
        #expect(page.hasSuffix("|\n"))
    }
}
