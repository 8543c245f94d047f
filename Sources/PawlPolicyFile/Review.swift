import PawlYAML

/// What has been found while one file is read.
struct Review {
    /// Own choice: more complaints than this help nobody, and a hostile file must not cost memory.
    private static let complaintsMax = 50

    let file: String
    /// Reads a variable of the environment.
    let environment: (String) -> String?
    let circumstances: PolicyFile.Circumstances
    private(set) var complaints: [Complaint] = []
    private(set) var warnings: [Complaint] = []
    private var more = 0

    init(
        file: String, circumstances: PolicyFile.Circumstances,
        environment: @escaping (String) -> String?
    ) {
        self.file = file
        self.circumstances = circumstances
        self.environment = environment
    }

    mutating func refuse(_ what: String, at mark: Mark, advice: String? = nil) {
        guard complaints.count < Self.complaintsMax else {
            more += 1
            return
        }
        complaints.append(Complaint(file: file, mark: mark, what: what, advice: advice))
    }

    mutating func warn(_ what: String, at mark: Mark, advice: String? = nil) {
        guard warnings.count < Self.complaintsMax else { return }
        warnings.append(Complaint(file: file, mark: mark, what: what, advice: advice))
    }

    /// All complaints in the file's order; `nil` if there is none.
    var refusal: Complaints? {
        guard !complaints.isEmpty else { return nil }
        return Complaints(Self.sorted(complaints), more: more)
    }

    /// All warnings in the file's order.
    var sortedWarnings: [Complaint] { Self.sorted(warnings) }

    private static func sorted(_ complaints: [Complaint]) -> [Complaint] {
        complaints.sorted { ($0.line, $0.column, $0.what) < ($1.line, $1.column, $1.what) }
    }
}
