/// The peak memory of a program, by a process that does nothing else.
///
/// The system reckons to a process what its parent had resident when it was started. So this
/// program starts itself once more, small, and that one starts the program that is measured.
enum PeakMemory {
    /// The first argument that makes this program the small one.
    static let word = "peak-memory"

    static func inMiB(
        of command: [String], environment: [String: String], folder: String
    ) async throws -> Double {
        let small = Child(program: Files.ownPath, environment: environment, folder: folder)
        let ended = try await small.run([word, folder] + command)
        guard let kibibytes = ended.output.split(separator: "\n").first.flatMap({ Double($0) })
        else { throw Bench.Failed("peak memory: \(ended.output)\(ended.diagnostics)") }
        return kibibytes / 1024
    }

    /// The small one's whole work: folder, program and arguments in, KiB out.
    static func measure(_ arguments: [String], environment: [String: String]) throws {
        guard arguments.count >= 2 else { throw Bench.Failed("peak-memory FOLDER PROGRAM …") }
        let child = Child(
            program: arguments[1], environment: environment, folder: arguments[0])
        let ended = try child.runAndWait(Array(arguments.dropFirst(2)))
        guard ended.status == 0 else { throw Bench.Failed(ended.diagnostics) }
        print(ended.peakKiB)
    }
}
