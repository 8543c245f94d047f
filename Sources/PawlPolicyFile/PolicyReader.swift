import PawlCore
import PawlYAML

/// Reads the file's own keys.
enum PolicyReader {
    /// With `host: git` there may be no code host, and so no `owner/name`.
    private static let localRepository = "local/repository"

    /// `nil` after a complaint.
    static func read(
        _ root: Node, repositoryDefault: String?, _ review: inout Review
    ) -> Policy? {
        guard
            let reader = SectionReader(root, as: PolicyKeys.section, at: .start, &review)
        else { return nil }
        if let version = reader.text(PolicyKeys.version, &review), version.value != "1" {
            review.refuse(
                "version \(quoted(version.value)) is not known", at: version.mark,
                advice: "This Pawl reads version 1.")
        }
        let host = reader.word(PolicyKeys.host, &review, byDefault: Policy.Host.github)
        let repository = repository(
            in: reader, host: host, byDefault: repositoryDefault, &review)
        let branch = reader.value(PolicyKeys.branch, &review) { text throws(BranchName.Malformed) in
            try BranchName(text)
        }
        let ledger = ledger(in: reader, &review)
        let channels = channels(in: reader, host: host, &review)
        let registries = RegistriesReader.read(reader, channels: channels, &review)
        guard let repository, let branch else { return nil }
        return Policy(
            repository: repository, host: host, branch: branch, channels: channels,
            registries: registries, ledger: ledger)
    }

    private static func repository(
        in reader: SectionReader, host: Policy.Host, byDefault: String?, _ review: inout Review
    ) -> CodeRepository? {
        guard !reader.has(PolicyKeys.repository) else {
            return reader.value(PolicyKeys.repository, &review) {
                text throws(CodeRepository.Malformed) in try CodeRepository(text)
            }
        }
        let text = byDefault ?? (host == .git ? localRepository : "")
        guard !text.isEmpty else {
            review.refuse(
                "repository is missing, and $GITHUB_REPOSITORY is not set", at: .start,
                advice: "Add `\(PolicyKeys.repository.example)`.")
            return nil
        }
        do throws(CodeRepository.Malformed) {
            return try CodeRepository(text)
        } catch {
            review.refuse(
                "repository is missing, and $GITHUB_REPOSITORY is \(quoted(text)), not owner/name",
                at: .start, advice: "Add `\(PolicyKeys.repository.example)`.")
            return nil
        }
    }

    /// The address may hold a password, so no complaint shows it.
    private static func ledger(
        in reader: SectionReader, _ review: inout Review
    ) -> LedgerAddress? {
        guard let text = reader.text(PolicyKeys.ledger, &review) else { return nil }
        do throws(LedgerAddress.Malformed) {
            return try LedgerAddress(text.value)
        } catch {
            let scheme = text.value.prefix { $0 != ":" }.lowercased()
            let isPostgres = ["postgres", "postgresql"].contains(scheme)
            review.refuse(
                isPostgres
                    ? "ledger: a ledger in PostgreSQL is not in this version"
                    : "ledger: the address is of no known form",
                at: text.mark,
                advice: "Write `git`, `git:REMOTE` or `sqlite:PATH`.")
            return nil
        }
    }

    private static func channels(
        in reader: SectionReader, host: Policy.Host, _ review: inout Review
    ) -> [Channel] {
        guard let entries = reader.entries(of: PolicyKeys.channels, &review) else { return [] }
        guard !entries.isEmpty else {
            review.refuse(
                "no channels", at: reader.mark(of: PolicyKeys.channels) ?? .start,
                advice: "Add one, with `images:` and `from:`.")
            return []
        }
        var channels: [Channel] = []
        var owners: [ImageReference: (channel: String, line: Int)] = [:]
        for entry in entries {
            let read = ChannelReader(
                entry: entry, host: host, names: entries.map(\.key),
                hasLedger: reader.has(PolicyKeys.ledger) || review.circumstances.namesLedger
            ).read(&review)
            guard let read else { continue }
            for (image, mark) in zip(read.channel.images, read.imageMarks) {
                let target = ImageReference(image.target, read.channel.to)
                let owner = (channel: read.channel.name.text, line: mark.line)
                guard let other = owners.updateValue(owner, forKey: target) else { continue }
                review.refuse(
                    "\(quoted("\(target)")) belongs to the channel \(quoted(other.channel)) too "
                        + "(line \(other.line)): two owners of one tag",
                    at: mark, advice: "Give the channels different tags (`to:`) or images.")
            }
            channels.append(read.channel)
        }
        return channels
    }
}
