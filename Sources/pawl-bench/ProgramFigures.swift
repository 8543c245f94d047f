/// Figures of programs that send nothing: start-up and size.
struct ProgramFigures: Sendable {
    let folder: String
    private static let startsCount = 30

    /// From before the process is started until it is waited for.
    func startUp(
        _ name: String, _ program: String, atMost: Double? = nil
    ) async throws -> Figure {
        let child = Child(
            program: program, environment: ["HOME": folder, "PATH": "/usr/bin:/bin"],
            folder: folder)
        var values: [Double] = []
        for _ in 0..<Self.startsCount {
            let ended = try await child.run(["--version"])
            guard ended.status == 0 else { throw Bench.Failed("\(name) --version failed") }
            values.append(ended.spent.wall.inMilliseconds)
        }
        return Figure(
            name: "start-up", subject: "\(name) --version", unit: "ms", values: values,
            atMost: atMost)
    }

    /// A copy of the binary without symbols.
    func strippedSize(of pawl: String) async throws -> Figure? {
        guard let strip = Files.program("strip") else { return nil }
        let copy = "\(folder)/stripped"
        try Files.copy(pawl, to: copy)
        let child = Child(program: strip, environment: [:], folder: folder)
        guard try await child.run([copy]).status == 0 else { return nil }
        return Figure(
            name: "stripped size", subject: "pawl", unit: "MB",
            values: [Double(try Files.size(copy)) / 1_000_000])
    }
}
