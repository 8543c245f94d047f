extension ReasonCode {
    /// The whole of `docs/reference/reasons.md`, in the order of the words' declaration, which is
    /// the rules'.
    package static var referencePage: String {
        var page = """
            # Reason codes

            Every verdict names its reasons by these words. They are stable: programs may compare
            them. The text beside a word in a result says more about the case at hand. This page
            is written from the code.

            | Word | Meaning | What to do |
            |---|---|---|

            """
        for code in allCases {
            page += "| `\(code.rawValue)` | \(code.meaning) | \(code.advice) |\n"
        }
        return page
    }
}
