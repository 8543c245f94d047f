import FoundationEssentials
import PawlCore
import PawlEngine
import PawlPorts

/// The workflow files of the folder that the command runs in.
enum LocalWorkflows {
    private static let folder = ".github/workflows"

    /// Every file, by name; none where there is no such folder. A folder that cannot be read may
    /// hold the very workflow that matters, and is told as such a file.
    static func read(_ reader: WorkflowReader) -> [WorkflowFileFacts] {
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            let failure = PortFailure(
                code: .missing, subject: folder, detail: "the folder cannot be listed")
            return [
                WorkflowFileFacts(path: folder, triggers: .unreadable(failure), runsPawl: true)
            ]
        }
        return names.sorted().filter { $0.hasSuffix(".yml") || $0.hasSuffix(".yaml") }.map { name in
            let path = "\(folder)/\(name)"
            do throws(Files.Failure) {
                let bytes = try Files.read(path, bytesMax: Limits.workflowBytesMax)
                return WorkflowFileFacts(
                    path: path, triggers: triggers(bytes, reader), runsPawl: runsPawl(bytes))
            } catch {
                let failure = PortFailure(code: .missing, subject: path, detail: error.text)
                return WorkflowFileFacts(
                    path: path, triggers: .unreadable(failure), runsPawl: true)
            }
        }
    }

    private static func triggers(
        _ bytes: [UInt8], _ reader: WorkflowReader
    ) -> Fact<WorkflowTriggers> {
        do throws(PortFailure) {
            return .seen(try reader.triggers(bytes))
        } catch {
            return .unreadable(error)
        }
    }

    /// A step that uses an action called pawl, or whose command is `pawl action` or `pawl promote`.
    private static func runsPawl(_ bytes: [UInt8]) -> Bool {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").contains { line in
            let line = line.drop { $0 == " " || $0 == "-" }
            guard !line.hasPrefix("#") else { return false }
            return line.hasPrefix("uses:") && line.contains("/pawl@")
                || line.contains("pawl action") || line.contains("pawl promote")
        }
    }
}
