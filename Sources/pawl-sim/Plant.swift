import FoundationEssentials
import PawlSimulator

/// `pawl-sim --plant FOLDER`: a copy of what the simulator needs, with every planted bug in it.
struct Plant {
    let folder: String

    private static let targets = [
        "PawlCore", "PawlPorts", "PawlEngine", "PawlServer", "PawlTesting", "PawlSimulator",
        "pawl-sim",
    ]

    enum Failure: Error, CustomStringConvertible {
        case unreadable(String)
        case misfit(PlantedBug, places: Int)

        var description: String {
            switch self {
            case .unreadable(let path): "\(path) cannot be read; run this in the package's folder."
            case .misfit(let bug, let places):
                "The line of the planted bug \(bug.name) stands \(places) times in \(bug.file), "
                    + "not once: change the bug with the line."
            }
        }
    }

    func run() throws {
        var files = try sources()
        for bug in PlantedBug.all {
            guard let text = files[bug.file] else { throw Failure.unreadable(bug.file) }
            let places = text.ranges(of: bug.line).count
            guard places == 1 else { throw Failure.misfit(bug, places: places) }
            files[bug.file] = text.replacing(bug.line, with: bug.code)
        }
        files["Sources/PawlCore/Planted.swift"] = PlantedBug.switchSource
        files["Sources/PawlSimulator/Planted/PlantedSwitch.swift"] = PlantedBug.doorSource
        for (path, text) in files { try write(text, to: path) }
        print("\(PlantedBug.all.count) bugs are planted in \(folder).")
    }

    /// The light targets and the manifest, by path.
    private func sources() throws -> [String: String] {
        var files = ["Package.swift": try read("Package.swift")]
        for target in Self.targets {
            let paths = try FileManager.default.subpathsOfDirectory(atPath: "Sources/\(target)")
            for path in paths where path.hasSuffix(".swift") {
                let whole = "Sources/\(target)/\(path)"
                files[whole] = try read(whole)
            }
        }
        return files
    }

    private func read(_ path: String) throws -> String {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw Failure.unreadable(path)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Files that stay the same are not touched, so that only what changed is built again.
    private func write(_ text: String, to path: String) throws {
        let whole = "\(folder)/\(path)"
        let bytes = Data(text.utf8)
        guard FileManager.default.contents(atPath: whole) != bytes else { return }
        let parent = whole.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        try FileManager.default.createDirectory(
            atPath: parent.joined(separator: "/"), withIntermediateDirectories: true)
        try bytes.write(to: URL(filePath: whole))
    }
}
