import FoundationEssentials
import PawlCore
import PawlInit
import PawlReport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The files that `pawl init` reads and writes.
enum InitFiles {
    static let workflowFolder = ".github/workflows"
    /// Own choice: more workflows than this have not been seen.
    private static let workflowsMax = 500

    /// Every workflow that can be read; the others are told.
    static func workflows(_ console: Console) throws -> [WorkflowSource] {
        guard FileManager.default.fileExists(atPath: workflowFolder) else {
            throw WrongUse(
                "There is no folder \(workflowFolder) here.",
                advice: "Go to the top of the repository, or write a policy to fill in with "
                    + "pawl init --bare.")
        }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: workflowFolder)
        } catch {
            throw OutOfReach(
                text: "\(workflowFolder) cannot be listed.", advice: "Make it readable.")
        }
        let files = names.sorted().filter { $0.hasSuffix(".yml") || $0.hasSuffix(".yaml") }
        if files.count > workflowsMax {
            console.note(
                "warning: of \(files.count) workflows the first \(workflowsMax) were looked at")
        }
        return files.prefix(workflowsMax).compactMap { name in
            let path = "\(workflowFolder)/\(name)"
            // A link to a terminal or a pipe would be waited for without end.
            guard isRegular(path) else {
                console.note("warning: left out, because it is no file: \(path)")
                return nil
            }
            do throws(Files.Failure) {
                return WorkflowSource(
                    path: path, bytes: try Files.read(path, bytesMax: Limits.workflowBytesMax))
            } catch {
                console.note("warning: left out, because it could not be read: \(error.text)")
                return nil
            }
        }
    }

    /// Whether anything is there, a link that leads nowhere included.
    static func isThere(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    private static func isRegular(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Writes a whole file beside the path, then gives it the name. Without `over` a file that
    /// came there meanwhile is left alone.
    static func write(_ text: String, to path: String, over: Bool) throws(Files.Failure) {
        if let slash = path.lastIndex(of: "/") {
            try? FileManager.default.createDirectory(
                atPath: String(path[..<slash]), withIntermediateDirectories: true)
        }
        // A name that nobody has: what is there under another one is somebody's.
        let draft = path + ".\(getpid()).pawl-init"
        if isThere(draft) { throw Files.Failure(number: EEXIST, text: "\(draft) is in the way") }
        try Files.append(text, to: draft)
        let isDone = over ? rename(draft, path) == 0 : link(draft, path) == 0
        let number = errno
        unlink(draft)
        guard isDone else {
            throw Files.Failure(
                number: number, text: "\(path): \(String(cString: strerror(number)))")
        }
    }
}
