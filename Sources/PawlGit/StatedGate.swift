package import PawlCore

/// What a person says of a gate: `NAME=STATE`, as in `e2e.yml=success`.
package struct StatedGate: Hashable, Sendable {
    /// Why a text states nothing, in words for that person.
    package struct Malformed: Error, Hashable, Sendable, CustomStringConvertible {
        /// One or two sentences.
        package let description: String
    }

    /// The gate's name as the policy has it.
    package let name: String
    /// The stated state.
    package let state: RunState

    /// Reads `NAME=STATE`. A name may hold `=`, a state cannot: the last one parts them.
    package init(_ text: String) throws(Malformed) {
        guard let equals = text.lastIndex(of: "=") else {
            throw Malformed(
                description: "\"\(printable(text))\" is not NAME=STATE, like e2e.yml=success.")
        }
        let name = String(text[..<equals])
        let word = String(text[text.index(after: equals)...])
        guard !name.isEmpty else {
            throw Malformed(
                description: "\"\(printable(text))\" names no gate; write NAME=STATE, like "
                    + "e2e.yml=success.")
        }
        guard RunState.words.contains(word) else {
            throw Malformed(
                description: "\"\(printable(word))\" is not a state of \(printable(name)). The "
                    + "states are \(RunState.words.joined(separator: ", ")).")
        }
        self.name = name
        state = RunState(word: word)
    }

    /// Reads all statements of a command; each gate may be stated once.
    package static func all(_ texts: [String]) throws(Malformed) -> [StatedGate] {
        var gates: [StatedGate] = []
        for text in texts {
            let gate = try StatedGate(text)
            guard !gates.contains(where: { $0.name == gate.name }) else {
                throw Malformed(
                    description: "The gate \(printable(gate.name)) is stated twice.")
            }
            gates.append(gate)
        }
        return gates
    }
}
