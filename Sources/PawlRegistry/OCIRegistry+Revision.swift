package import PawlCore
package import PawlImages
import Synchronization

extension OCIRegistry {
    /// The labels of an image's config; remembered by its digest.
    package func labels(
        of config: Manifest.Descriptor, in repository: Repository
    ) async throws(PortFailure) -> ConfigLabels {
        if let known = labels.withLock({ $0[config.digest] }) { return known }
        let bytes = try await blob(config, in: repository)
        do throws(Manifest.Malformed) {
            let labels = try ConfigLabels(bytes)
            self.labels.withLock { $0[config.digest] = labels }
            return labels
        } catch {
            throw unusable(error, "config", of: ImageReference(repository, config.digest))
        }
    }
}
