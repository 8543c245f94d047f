package import PawlCore

/// What the engine may ask about commits: from a code host's API or from a clone.
///
/// `nil` is the host's own word that a thing is not there; a look that failed throws.
package protocol History: Sendable {
    /// The newest commits of the branch with their parents, tip first, at most one page
    /// (`Limits.hostPageRowsMax`). A branch that is not there throws `missing`.
    func log(of branch: BranchName) async throws(PortFailure) -> CommitGraph

    /// How `commit` stands to `base`: `ahead` when the base is one of its ancestors.
    func ancestry(
        of commit: CommitID, from base: CommitID
    ) async throws(PortFailure) -> Ancestry

    /// Whether the commit is the branch's tip or one of its ancestors.
    func position(
        of commit: CommitID, on branch: BranchName
    ) async throws(PortFailure) -> Facts.Position

    /// The one commit of that name, full or short. Several commits throw `ambiguous`.
    func resolve(_ name: CommitName) async throws(PortFailure) -> CommitID?

    /// The files that differ between a commit and one of its ancestors, renames with both names.
    func changes(
        from base: CommitID, to commit: CommitID
    ) async throws(PortFailure) -> ChangedFiles

    /// The bytes of a file of a commit, at most `Limits.workflowBytesMax`; `nil` if the commit has
    /// no such file. `path` is from the root, without a leading slash.
    func file(at path: String, of commit: CommitID) async throws(PortFailure) -> [UInt8]?
}
