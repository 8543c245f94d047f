import PawlCore
import PawlPolicyFile

/// What a file is read to: a policy with warnings, or complaints as they are printed.
enum Reading {
    case policy(Policy, warnings: [String])
    case refused([String], all: [Complaint])

    init(
        _ text: String, repositoryDefault: String? = nil, environment: [String: String] = [:]
    ) {
        self.init(
            bytes: Array(text.utf8), repositoryDefault: repositoryDefault,
            environment: environment)
    }

    init(
        bytes: [UInt8], repositoryDefault: String? = nil, environment: [String: String] = [:]
    ) {
        do throws(Complaints) {
            let file = try PolicyFile.read(
                bytes, name: "pawl.yaml", repositoryDefault: repositoryDefault,
                environment: { environment[$0] })
            self = .policy(file.policy, warnings: file.warnings.map(\.description))
        } catch {
            self = .refused(error.all.map(\.description), all: error.all)
        }
    }

    var policy: Policy? { if case .policy(let policy, _) = self { policy } else { nil } }
    var warnings: [String] { if case .policy(_, let warnings) = self { warnings } else { [] } }
    var complaints: [String] {
        if case .refused(let complaints, _) = self { complaints } else { [] }
    }
    /// The one complaint, so that a test notices a second one; empty otherwise.
    var onlyComplaint: String { complaints.count == 1 ? complaints.first ?? "" : "" }
}

/// A small good file, into which a test puts one thing that it is about.
struct Sample {
    var head = "version: 1\nrepository: acme/app\nbranch: main"
    var images = "[ghcr.io/acme/app]"
    var from = "\"staging-{short_sha}\""
    var build = "build: publish.yml"
    /// Further keys of the channel, one a line.
    var more: [String] = []
    /// Further keys of the file, one a line.
    var tail: [String] = []

    var text: String {
        let channel = ["images: \(images)", "from: \(from)", build] + more
        return
            ([head, "channels:", "  latest:"] + channel.map { "    " + $0 } + tail)
            .joined(separator: "\n") + "\n"
    }

    /// What becomes of the sample after a change.
    static func reading(
        environment: [String: String] = [:], _ change: (inout Sample) -> Void
    ) -> Reading {
        var sample = Sample()
        change(&sample)
        return Reading(sample.text, environment: environment)
    }
}
