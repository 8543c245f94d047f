/// What the commands of one `run:` push, and what they hand on.
struct ShellRun {
    /// Own choice: a loop over more images than this is read to here.
    private static let stepsMax = 5000

    /// Variables of the step; assignments add to it.
    var variables: [String: String]
    /// What `docker push` of a bare name means.
    var named: [String]
    /// References that are pushed.
    private(set) var pushed: [String] = []
    /// `NAME=value` of `echo`, for the steps after it.
    private(set) var echoed: [String: String] = [:]
    /// Whether a manifest list is made of what docker/metadata-action said.
    private(set) var pushesMetadata = false
    private var steps = 0

    init(variables: [String: String], named: [String]) {
        self.variables = variables
        self.named = named
    }

    mutating func run(_ script: String) {
        pushesMetadata =
            script.contains("imagetools create") && script.contains("DOCKER_METADATA_OUTPUT")
        run(ShellWords(script).commands[...])
    }

    private mutating func run(_ commands: ArraySlice<[String]>) {
        var rest = commands
        while let command = rest.popFirst() {
            steps += 1
            guard steps < Self.stepsMax else { return }
            if command.count > 3, command[0] == "for", command[2] == "in" {
                let body = body(of: rest)
                for value in values(command.dropFirst(3)) {
                    variables[command[1]] = value
                    run(body)
                }
                rest = rest.dropFirst(body.count + 1)
            } else {
                run(command: command)
            }
        }
    }

    private func body(of rest: ArraySlice<[String]>) -> ArraySlice<[String]> {
        var depth = 1
        return rest.prefix { command in
            if command[0] == "for" || command[0] == "while" || command[0] == "until" { depth += 1 }
            if command[0] == "done" { depth -= 1 }
            return depth > 0
        }
    }

    private func values(_ words: ArraySlice<String>) -> [String] {
        let expansion = ShellExpansion(variables: variables)
        return words.flatMap { word in
            expansion.expanded(word).split(whereSeparator: \.isWhitespace).map(String.init)
        }
    }

    private mutating func run(command raw: [String]) {
        var words = raw[...]
        let keywords = ["do", "then", "else", "if", "{", "}", "!", "time", "sudo", "exec", "eval"]
        while let first = words.first, keywords.contains(first) { words = words.dropFirst() }
        if words.first == "export" || words.first == "local" || words.first == "readonly" {
            words = words.dropFirst()
        }
        while let first = words.first, let (name, value) = assignment(first) {
            variables[name] = value
            words = words.dropFirst()
        }
        let expansion = ShellExpansion(variables: variables)
        let command = words.map { expansion.expanded($0) }
        guard let program = command.first else { return }
        if program == "echo" || program == "printf" {
            for text in command.dropFirst() {
                guard let (name, value) = Self.pair(text) else { continue }
                echoed[name] = value
            }
        } else {
            let push = PushCommand(command, variables: variables)
            named += push.named
            for reference in push.pushed {
                pushed += Self.meant(by: reference, among: named, withAllTags: push.hasAllTags)
            }
        }
    }

    /// A push of a bare name sends what was named before.
    private static func meant(
        by reference: String, among named: [String], withAllTags: Bool
    ) -> [String] {
        let name = reference.split(separator: "/").last ?? ""
        guard withAllTags || !name.contains(":") else { return [reference] }
        let image = Publication(reference).image
        let all = named.filter { Publication($0).image == image }
        return all.isEmpty ? [reference] : all
    }

    private func assignment(_ word: String) -> (String, String)? {
        guard let (name, value) = Self.pair(word) else { return nil }
        return (name, ShellExpansion(variables: variables).expanded(value))
    }

    private static func pair(_ text: String) -> (String, String)? {
        guard let equals = text.firstIndex(of: "=") else { return nil }
        let name = text[..<equals]
        guard let first = name.first, first.isLetter || first == "_",
            name.allSatisfy({ $0.isLetter || $0.isNumber || "_-".contains($0) })
        else { return nil }
        return (String(name), String(text[text.index(after: equals)...]))
    }
}
