import PawlCore
import PawlImages
import PawlPorts
import Synchronization

/// How far the copies of a run are: one line that is drawn over, on a terminal alone. What did not
/// go along is said in any case.
final class CopyProgress: Sendable {
    private struct Image {
        var due = 0
        var sent = 0
    }

    private struct State {
        var images: [ImageReference: Image] = [:]
        var drawn: Instant?
    }

    /// Own choice: often enough to be seen moving.
    private static let pause = Duration.milliseconds(100)

    private let console: Console
    private let clock: PawlPorts.Clock
    private let state = Mutex(State())

    init(console: Console, clock: PawlPorts.Clock) {
        self.console = console
        self.clock = clock
    }

    /// What copies tell.
    var observer: CopyObserver { CopyObserver { self.tell($0) } }

    private func tell(_ event: CopyEvent) {
        switch event {
        case .began(let image):
            if console.isVerbose { console.note("copying to \(image)") }
        case .missing(let image, let blobs, let bytes):
            if console.isVerbose {
                console.note("\(image) lacks \(blobs) blobs of \(Self.size(bytes))")
            }
            change(image) { $0.due += bytes }
        case .sent(let image, let bytes): change(image) { $0.sent += bytes }
        case .again(let image, let bytes, let failure):
            console.note("sending a part of \(image) again: \(failure.detail)")
            change(image) { $0.sent -= bytes }
        case .carried(let image, let digest):
            if console.isVerbose { console.note("\(digest.short) goes with \(image)") }
        case .notCarried(let image, let digest, let why):
            console.note("warning: \(digest.short) does not go with \(image): \(why)")
        case .ended(let image):
            state.withLock { $0.images[image] = nil }
            if state.withLock({ $0.images.isEmpty }) { console.drawNothing() }
        }
    }

    private func change(_ image: ImageReference, _ change: (inout Image) -> Void) {
        let now = clock.now()
        let line: String? = state.withLock { state in
            change(&state.images[image, default: Image()])
            guard console.draws, state.drawn.map({ now.since($0) >= Self.pause }) ?? true else {
                return nil
            }
            state.drawn = now
            let due = state.images.values.reduce(0) { $0 + $1.due }
            let sent = state.images.values.reduce(0) { $0 + $1.sent }
            let what = state.images.count == 1 ? "\(image)" : "\(state.images.count) images"
            return "copying \(what): \(Self.size(sent)) of \(Self.size(due))"
        }
        if let line { console.draw(line) }
    }

    /// `17 MB`, in powers of ten.
    private static func size(_ bytes: Int) -> String {
        switch bytes {
        case ..<1000: "\(bytes) B"
        case ..<1_000_000: "\(bytes / 1000) kB"
        case ..<10_000_000_000: "\(bytes / 1_000_000) MB"
        default: "\(bytes / 1_000_000_000) GB"
        }
    }
}
