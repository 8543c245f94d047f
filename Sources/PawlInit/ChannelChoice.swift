import PawlCore

/// Which images move together, by the workflow that publishes them and how it names their tags.
struct ChannelChoice {
    private(set) var channels: [Proposal.Channel] = []
    private(set) var notes: [String] = []
    /// Paths of the workflows that are builds, or publish at other times.
    private(set) var builds: Set<String> = []

    private struct Group {
        let build: Build
        let from: Proposal.Guessed<String>
        let images: [Proposal.Guessed<String>]
        let notes: [String]
    }

    private let branch: BranchName
    private let repository: CodeRepository?
    private var groups: [Group] = []
    /// Images that a group has.
    private var taken: Set<String> = []

    init(builds all: [Build], branch: BranchName, repository: CodeRepository?) {
        self.branch = branch
        self.repository = repository
        builds = Set(all.map(\.workflow.path))
        let named = all.filter(\.workflow.isNameable)
        for build in all where !build.workflow.isNameable {
            notes.append("Left out, because no policy can name it: \(build.workflow.path).")
        }
        let onPush = named.filter { $0.workflow.startsOnPush(to: branch) }
        let others = named.filter { build in
            !build.workflow.startsOnPush(to: branch)
                && build.workflow.events.contains {
                    ["workflow_run", "workflow_dispatch", "schedule", "repository_dispatch"]
                        .contains($0)
                }
        }
        for build in onPush + others where build.hasPattern { add(build) }
        if groups.isEmpty, let build = (onPush + others).first { addWithoutPattern(build) }
        for build in named
        where !groups.contains(where: { $0.build.workflow.path == build.workflow.path }) {
            notes.append(
                "\(build.workflow.fileName) publishes images as well, and is no channel's build.")
        }
        makeChannels()
    }

    /// One group for each pattern; an image goes with the pattern that most images have.
    private mutating func add(_ build: Build) {
        let known = build.scan.publications.filter { $0.repository != nil && $0.pattern != nil }
        var counts: [String: Int] = [:]
        for publication in known {
            counts[publication.pattern?.description ?? "", default: 0] += 1
        }
        let patterns = counts.sorted { one, other in
            let isWhole = (one.key.contains("{sha}"), other.key.contains("{sha}"))
            if one.value != other.value { return one.value > other.value }
            if isWhole.0 != isWhole.1 { return isWhole.0 }
            return (one.key.count, one.key) < (other.key.count, other.key)
        }.map(\.key)
        for pattern in patterns {
            var images: [Proposal.Guessed<String>] = []
            let ofPattern = known.filter { $0.pattern?.description == pattern }
            for publication in ofPattern {
                guard let image = publication.repository?.description,
                    taken.insert(image).inserted
                else { continue }
                images.append(
                    .init(
                        value: image,
                        guess: Symbol.isGuess(publication.image)
                            ? "taken for what the workflow computes" : nil))
            }
            guard !images.isEmpty else { continue }
            let isGuess = ofPattern.contains { Symbol.isGuess($0.tag) }
            groups.append(
                Group(
                    build: build,
                    from: .init(
                        value: pattern,
                        guess: isGuess ? "taken for what the workflow computes" : nil),
                    images: images, notes: notes(on: build, images: images.map(\.value))))
        }
    }

    /// Images without a tag for each commit: what Pawl needs is told in their place.
    private mutating func addWithoutPattern(_ build: Build) {
        var images: [String] = []
        for publication in build.scan.publications {
            guard let image = publication.repository?.description, !images.contains(image) else {
                continue
            }
            images.append(image)
        }
        let own = "ghcr.io/\(repository?.description.lowercased() ?? "owner/name")"
        let guess = (try? Repository(own)) == nil ? "ghcr.io/owner/name" : own
        groups.append(
            Group(
                build: build,
                from: .init(
                    value: "{sha}",
                    guess: "no tag of \(build.workflow.fileName) was seen to name the commit; let "
                        + "it push one for each commit"),
                images: images.isEmpty
                    ? [.init(value: guess, guess: "the workflow computes the name")]
                    : images.map { .init(value: $0) },
                notes: notes(on: build, images: images)))
    }

    private func notes(on build: Build, images: [String]) -> [String] {
        let file = build.workflow.fileName
        var notes: [String] = []
        let moving = build.scan.publications.contains {
            $0.tag == "latest" && images.contains($0.repository?.description ?? "")
        }
        if moving {
            notes.append(
                "\(file) itself pushes :latest, past every rule below. Take that out of it.")
        }
        if !build.scan.hasRevision {
            notes.append(
                "\(file) was not seen to label its images. Give them "
                    + "org.opencontainers.image.revision with the commit's full id.")
        }
        let unknown = build.scan.publications.filter { $0.repository == nil }.map {
            Symbol.shown($0.image)
        }
        if !unknown.isEmpty {
            notes.append(
                "\(file) also pushes what could not be told from the file: "
                    + Set(unknown).sorted().prefix(5).joined(separator: ", ") + ".")
        }
        for called in build.scan.callsElsewhere.prefix(5) {
            notes.append("\(file) calls \(called), which is not looked at.")
        }
        return notes
    }

    private mutating func makeChannels() {
        var names: Set<String> = []
        for group in groups {
            let workflow = group.build.workflow
            var name =
                groups.count == 1 ? "latest" : Self.name(of: group.images.map(\.value), workflow)
            let wanted = name
            var number = 2
            while !names.insert(name).inserted {
                name = "\(wanted.prefix(58))-\(number)"
                number += 1
            }
            let isOnPush = workflow.startsOnPush(to: branch)
            channels.append(
                Proposal.Channel(
                    name: name, images: group.images, from: group.from,
                    build: .init(
                        value: workflow.fileName,
                        guess: isOnPush ? nil : "no push to \(branch) starts it by itself"),
                    notes: group.notes, trigger: workflow.displayName))
        }
    }

    /// After the one image, else after the workflow.
    private static func name(of images: [String], _ workflow: Workflow) -> String {
        let text =
            images.count == 1
            ? images[0].split(separator: "/").last.map(String.init) ?? ""
            : String(workflow.fileName.prefix { $0 != "." })
        var name = ""
        for byte in text.lowercased().utf8 {
            let isPlain = (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
            if isPlain {
                name.append(Character(Unicode.Scalar(byte)))
            } else if !name.isEmpty, !name.hasSuffix("-") {
                name += "-"
            }
        }
        name = String(name.prefix(60))
        return name.isEmpty ? "channel" : name
    }
}
