package import PawlCore

// For the days of building only: removed when every adapter has its own.
extension History {
    package func changes(
        from base: CommitID, to commit: CommitID
    ) async throws(PortFailure) -> ChangedFiles { throw .notAsked }
    package func file(at path: String, of commit: CommitID) async throws(PortFailure) -> [UInt8]? {
        throw .notAsked
    }
}
extension Runs {
    package func runs(
        of workflow: WorkflowName, since moment: Instant?
    ) async throws(PortFailure) -> [GateRun] { throw .notAsked }
}
