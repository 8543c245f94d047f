import FoundationEssentials

/// A new folder of its own, for one test.
struct ActionFolder: Sendable {
    /// Absolute, without links in it.
    let path: String

    /// Gives the work a folder and removes it with everything in it afterwards.
    static func with<Value>(_ work: (ActionFolder) async throws -> Value) async throws -> Value {
        let parent = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
        let url = parent.appendingPathComponent("pawl-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        return try await work(ActionFolder(path: url.path))
    }

    /// The absolute path of something in it.
    func path(of name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, with the folders that it is in; gives its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try write(Array(text.utf8), to: name)
    }

    /// Writes a file, with the folders that it is in; gives its path.
    @discardableResult
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        let url = URL(filePath: path(of: name))
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        return url.path
    }

    /// Writes a program.
    @discardableResult
    func writeProgram(_ text: String, to name: String) throws -> String {
        let path = try write(text, to: name)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }

    /// The text of a file in it.
    func text(of name: String) throws -> String {
        try Self.text(of: path(of: name))
    }

    /// Whether there is something of that name in it.
    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(of: name)) }

    /// The text of any file.
    static func text(of path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }
}

/// The files of this repository.
enum ActionSources {
    /// The repository's folder: three above this file.
    static var folder: String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
    }

    /// The text of a file of the repository.
    static func text(of name: String) throws -> String {
        try ActionFolder.text(of: "\(folder)/\(name)")
    }
}
