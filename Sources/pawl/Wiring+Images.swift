import PawlCore
import PawlHTTP
import PawlImages
import PawlLayout
import PawlPorts
import PawlRegistry

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

// Where images are: registries, and layouts in folders.

extension Wiring {
    /// All places of these channels behind one port. What is only copied from is never asked for
    /// the right to push.
    func images(
        of channels: [Channel], _ exchange: RetryingExchange, mayWrite: Bool
    ) -> any Registry {
        let console = console
        let progress = CopyProgress(console: console, clock: .system)
        let images = channels.flatMap(\.images)
        let targets = images.map(\.target).filter { !$0.isLayout }
        let sources = images.map(\.source).filter { !$0.isLayout }
        let registries = OCIRegistry(
            exchange: exchange, clock: .system,
            credentials: DockerCredentials(
                environment: environment, clock: .system, userID: getuid(),
                read: Self.credentialFile
            ).source,
            registries: policy.registries, repositories: targets + sources,
            access: mayWrite ? .pullPush : .pull,
            readOnly: Set(sources).subtracting(targets),
            // What a ledger says was followed was seen.
            readsBack: policy.ledger != nil,
            readBack: { read in
                if console.isVerbose || !read.isSeen { console.note(read.words) }
            }, copies: progress.observer)
        return ImageStores(
            registries: registries,
            layouts: OCILayouts(clock: .system, copies: progress.observer))
    }

    /// `nil` where there is no such file; an unreadable one must not fall through to another.
    private static func credentialFile(
        _ path: String
    ) throws(DockerCredentials.Unreadable) -> [UInt8]? {
        do throws(Files.Failure) {
            return try Files.read(path, bytesMax: Limits.policyBytesMax)
        } catch {
            if error.isMissing { return nil }
            throw DockerCredentials.Unreadable(detail: error.text)
        }
    }
}
