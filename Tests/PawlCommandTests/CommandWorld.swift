import PawlLoopback
import Testing

/// The same world, with a person at a terminal in place of the runner.
extension ActionWorld {
    /// Runs `pawl` in the folder of the policy.
    func pawl(
        _ arguments: [String], _ changes: [String: String?] = [:]
    ) async throws -> Ran {
        var variables = [
            "GITHUB_API_URL": api, "GITHUB_TOKEN": Self.token, "USER": "mona", "HOME": folder.path,
        ]
        for (name, value) in changes { variables[name] = value }
        return try await Binary.pawl.run(arguments, environment: variables, in: folder.path)
    }

    /// Nothing was moved, nothing was even asked to be moved, and no secret was told.
    func expectUntouched(_ ran: Ran, live: [String?]? = nil) {
        #expect(writes == 0, "\(ran)")
        #expect(self.live == live ?? Self.both(at: Self.commits[0]), "\(ran)")
        #expect(!ran.description.contains(Self.token), "\(ran)")
    }
}
