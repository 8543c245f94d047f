/// What a kind of file may be.
package struct YAMLRules: Sendable {
    /// Of the file.
    let bytesMax: Int
    /// Levels of nesting.
    let depthMax: Int
    /// An anchor changes nothing by itself; aliases to it are refused wherever they would be read.
    let takesAnchors: Bool
    /// Whether the value under this path of keys is wanted. What is not wanted must be YAML, and is
    /// otherwise passed over event by event: nothing in it is kept or expanded.
    let reads: @Sendable ([String]) -> Bool

    package init(
        bytesMax: Int, depthMax: Int, takesAnchors: Bool = false,
        reads: @escaping @Sendable ([String]) -> Bool = { _ in true }
    ) {
        self.bytesMax = bytesMax
        self.depthMax = depthMax
        self.takesAnchors = takesAnchors
        self.reads = reads
    }
}
