package import PawlCore
import PawlYAML

/// Reads `pawl.yaml`.
package enum PolicyFile {
    private static let rules = YAMLRules(
        bytesMax: Limits.policyBytesMax, depthMax: Limits.policyDepthMax)

    /// What of a run bears on the reading of the file.
    package struct Circumstances: Hashable, Sendable {
        /// What becomes of a hook whose address or secret names a variable that is not set.
        package enum LackingHook: Hashable, Sendable {
            /// The file cannot be used: the run tells hooks.
            case refused
            /// The channel is read without the hook, with a warning.
            case warned
            /// The channel is read without the hook.
            case left
        }

        let lackingHook: LackingHook
        let namesLedger: Bool

        /// `namesLedger`: a ledger is named beside the file.
        package init(lackingHook: LackingHook = .refused, namesLedger: Bool = false) {
            self.lackingHook = lackingHook
            self.namesLedger = namesLedger
        }
    }

    /// The policy that the bytes say, and what a person should know although it can be used.
    ///
    /// - Parameters:
    ///   - bytes: The file as it is.
    ///   - name: What complaints call the file.
    ///   - repositoryDefault: `owner/name` where the file names none ($GITHUB_REPOSITORY).
    ///   - circumstances: Of the run.
    ///   - environment: Reads a variable for `${NAME}` in secrets and addresses.
    /// - Returns: The policy, with warnings in the file's order.
    /// - Throws: Everything that is wrong in the file, as far as it can be read.
    package static func read(
        _ bytes: [UInt8], name: String, repositoryDefault: String?,
        circumstances: Circumstances = Circumstances(),
        environment: @escaping (String) -> String?
    ) throws(Complaints) -> (policy: Policy, warnings: [Complaint]) {
        let root: Node?
        do throws(YAMLFault) {
            root = try YAMLReader.document(in: bytes, under: rules)
        } catch {
            throw Complaints([Complaint(file: name, fault: error)])
        }
        guard let root, !root.isNothing else {
            throw Complaints([
                Complaint(
                    file: name, mark: .start, what: "no channels: the file is empty",
                    advice: "Begin with `\(PolicyKeys.version.example)` and add "
                        + "`\(PolicyKeys.branch.example)` and `channels:`.")
            ])
        }
        var review = Review(
            file: name, circumstances: circumstances, environment: environment)
        let policy = PolicyReader.read(
            root, repositoryDefault: repositoryDefault, &review)
        guard let policy, review.complaints.isEmpty else {
            throw review.refusal ?? Complaints([])
        }
        return (policy, review.sortedWarnings)
    }
}
