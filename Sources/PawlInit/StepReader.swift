import PawlCore
import PawlYAML

/// Goes through the steps of one job in one combination of its matrix, and keeps what is pushed.
struct StepReader {
    /// What is known at the next step.
    var scope: Scope
    /// References that were pushed.
    private(set) var pushed: [String] = []
    /// Whether images get the commit as a label or annotation, as far as the file says.
    private(set) var hasRevision = false
    /// What docker/metadata-action said in this job.
    private var metadata: [String] = []
    /// References given on this machine.
    private var named: [String] = []

    private static let label = "org.opencontainers.image.revision"

    init(scope: Scope) { self.scope = scope }

    mutating func read(_ step: Node) {
        let job = scope
        scope.addEnvironment(step["env"])
        if let uses = step["uses"]?.text {
            read(action: uses.prefix { $0 != "@" }.lowercased(), step)
        }
        if let run = step["run"]?.text { read(run: scope.resolved(run), of: step) }
        // A step's own variables end with it.
        let exported = scope.exported
        scope.environment = job.environment.merging(exported) { $1 }
        scope.exported = [:]
    }

    private mutating func read(action: String, _ step: Node) {
        let id = step["id"]?.text ?? ""
        switch action {
        case "docker/metadata-action":
            let made = MetadataAction(
                images: input("images", of: step),
                tags: input("tags", of: step), flavor: input("flavor", of: step))
            metadata += made.references
            scope.outputs["\(id).tags"] = made.references.joined(separator: "\n")
            scope.outputs["\(id).version"] = made.tags.first
            scope.outputs["\(id).labels"] = Self.label
            scope.outputs["\(id).annotations"] = Self.label
        case "docker/build-push-action":
            if pushes(step) {
                pushed += input("tags", of: step).splitLines(also: ",")
                noteRevision(step)
            }
            named += input("tags", of: step).splitLines(also: ",")
        case "docker/bake-action":
            if pushes(step) {
                pushed += metadata
                hasRevision = hasRevision || !metadata.isEmpty
            }
        case "redhat-actions/push-to-registry":
            let image = [input("registry", of: step), input("image", of: step)]
                .filter { !$0.isEmpty }.joined(separator: "/")
            let tags = input("tags", of: step).split { $0.isWhitespace || $0 == "," }
            pushed += tags.map { "\(image):\($0)" }
        case "ko-build/setup-ko":
            if let repository = scope.repository, scope.environment["KO_DOCKER_REPO"] == nil {
                scope.exported["KO_DOCKER_REPO"] =
                    "ghcr.io/\(repository.description.lowercased())"
            }
        default: break
        }
    }

    private mutating func noteRevision(_ step: Node) {
        let labels = input("labels", of: step) + input("annotations", of: step)
        hasRevision = hasRevision || labels.contains(Self.label)
    }

    private func input(_ name: String, of step: Node) -> String {
        step["with"]?[name]?.text.map { scope.resolved($0) } ?? ""
    }

    private func pushes(_ step: Node) -> Bool {
        let outputs = input("outputs", of: step)
        if outputs.contains("type=registry") || outputs.contains("push=true") { return true }
        let push = input("push", of: step)
        return !push.isEmpty && push != "false"
    }

    private mutating func read(run script: String, of step: Node) {
        var variables = scope.environment
        variables["GITHUB_SHA"] = Symbol.sha
        variables["GITHUB_REPOSITORY"] = scope.repository?.description
        variables["GITHUB_REPOSITORY_OWNER"] = scope.repository?.owner
        var run = ShellRun(variables: variables, named: named)
        run.run(script)
        pushed += run.pushed + (run.pushesMetadata ? metadata : [])
        named = run.named
        if script.contains(Self.label) { hasRevision = true }
        if run.pushesMetadata { hasRevision = true }
        if let id = step["id"]?.text, script.contains("GITHUB_OUTPUT") {
            for (name, value) in run.echoed { scope.outputs["\(id).\(name)"] = value }
        }
        if script.contains("GITHUB_ENV") { scope.exported.merge(run.echoed) { $1 } }
    }
}
