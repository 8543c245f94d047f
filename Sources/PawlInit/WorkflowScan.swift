import PawlCore
import PawlYAML

/// What a workflow pushes, with the reusable workflows of the same repository that it calls.
struct WorkflowScan {
    /// GitHub, "Reusing workflows": at most ten levels; fewer are used.
    private static let depthMax = 4
    /// Own choice: images and tags of one workflow.
    private static let publicationsMax = 2000

    private(set) var publications: [Publication] = []
    private(set) var hasRevision = false
    /// Workflows of other repositories that it calls: nobody can see from here what they push.
    private(set) var callsElsewhere: [String] = []

    private let others: [Workflow]
    private let repository: CodeRepository?

    init(of workflow: Workflow, among others: [Workflow], repository: CodeRepository?) {
        self.others = others
        self.repository = repository
        scan(workflow, inputs: Self.defaults(of: workflow), depth: 1)
    }

    private mutating func scan(_ workflow: Workflow, inputs: [String: String], depth: Int) {
        guard let root = workflow.root, depth <= Self.depthMax else { return }
        var scope = Scope(repository: repository, inputs: inputs)
        scope.addEnvironment(root["env"])
        let jobs = (root["jobs"]?.entries ?? []).map { (name: $0.key, node: $0.value) }
        // A job may stand before the one that it needs: the first time is for outputs alone.
        for job in jobs { scope.needs.merge(outputs(of: job, scope)) { $1 } }
        for job in jobs {
            if let uses = job.node["uses"]?.text {
                call(uses, job.node, scope, depth: depth)
            } else {
                for row in JobMatrix.rows(of: job.node) {
                    let reader = read(job.node, row: row, scope)
                    add(reader.pushed)
                    hasRevision = hasRevision || reader.hasRevision
                }
            }
        }
    }

    private mutating func call(_ uses: String, _ job: Node, _ scope: Scope, depth: Int) {
        guard uses.hasPrefix("./") else {
            callsElsewhere.append(uses)
            return
        }
        guard let callee = others.first(where: { $0.path == uses.dropFirst(2) }) else { return }
        for row in JobMatrix.rows(of: job) {
            var scope = scope
            scope.matrix = row
            var inputs = Self.defaults(of: callee)
            for entry in job["with"]?.entries ?? [] {
                inputs[entry.key] = scope.resolved(entry.value.text ?? "")
            }
            guard publications.count < Self.publicationsMax else { return }
            scan(callee, inputs: inputs, depth: depth + 1)
        }
    }

    private func read(_ job: Node, row: [String: String], _ scope: Scope) -> StepReader {
        var scope = scope
        scope.matrix = row
        scope.addEnvironment(job["env"])
        var reader = StepReader(scope: scope)
        for step in job["steps"]?.items ?? [] { reader.read(step) }
        return reader
    }

    private func outputs(of job: (name: String, node: Node), _ scope: Scope) -> [String: String] {
        guard let outputs = job.node["outputs"], !outputs.entries.isEmpty,
            let row = JobMatrix.rows(of: job.node).first
        else { return [:] }
        let after = read(job.node, row: row, scope).scope
        return outputs.entries.reduce(into: [:]) { all, entry in
            all["\(job.name).\(entry.key)"] = after.resolved(entry.value.text ?? "")
        }
    }

    private mutating func add(_ references: [String]) {
        for reference in references where publications.count < Self.publicationsMax {
            let publication = Publication(reference)
            guard !publication.image.isEmpty, !publications.contains(publication) else { continue }
            publications.append(publication)
        }
    }

    private static func defaults(of workflow: Workflow) -> [String: String] {
        var defaults: [String: String] = [:]
        for event in ["workflow_call", "workflow_dispatch"] {
            for entry in workflow.root?["on"]?[event]?["inputs"]?.entries ?? [] {
                defaults[entry.key] = entry.value["default"]?.text
            }
        }
        return defaults
    }
}
