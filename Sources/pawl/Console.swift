import PawlReport
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The system's `write`, which a method of that name would hide.
private func send(_ bytes: UnsafeRawBufferPointer, to stream: Int32) -> Int {
    write(stream, bytes.baseAddress, bytes.count)
}

/// Shared by all copies of a console.
private final class DrawnLine: Sendable { let isDrawn = Mutex(false) }

/// Where results and diagnostics go: results to stdout, everything else to stderr.
struct Console: Sendable {
    /// How results look.
    let output: Style
    /// How diagnostics look.
    let diagnostics: Style
    /// Whether somebody watches stderr.
    let isWatched: Bool
    /// Whether progress and requests are told.
    let isVerbose: Bool
    /// Whether a line may be drawn over.
    let draws: Bool
    /// Whether a line stands there that will be drawn over.
    private let line = DrawnLine()

    init(environment: [String: String], isVerbose: Bool) {
        // https://no-color.org: any value but the empty one.
        let wantsColour =
            (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
        output = Self.style(STDOUT_FILENO, wantsColour: wantsColour)
        diagnostics = Self.style(STDERR_FILENO, wantsColour: wantsColour)
        isWatched = isatty(STDERR_FILENO) == 1
        self.isVerbose = isVerbose
        draws = isWatched && environment["TERM"] != "dumb"
    }

    /// Results. The text comes escaped and with its own line breaks.
    func print(_ text: String) {
        drawNothing()
        Self.write(text, to: STDOUT_FILENO)
    }

    /// One line of diagnostics; outside text in it is made harmless here.
    func note(_ text: String) {
        drawNothing()
        Self.write(Escaped.terminal(text) + "\n", to: STDERR_FILENO)
    }

    /// A line of progress in place of the one before, where somebody watches.
    func draw(_ text: String) {
        guard draws else { return }
        line.isDrawn.withLock { $0 = true }
        let visible = Escaped.terminal(text).prefix((diagnostics.columns ?? 80) - 1)
        Self.write("\r\(visible)\u{1B}[K", to: STDERR_FILENO)
    }

    /// Takes the line of progress away.
    func drawNothing() {
        let isDrawn = line.isDrawn.withLock { isDrawn in
            defer { isDrawn = false }
            return isDrawn
        }
        if isDrawn { Self.write("\r\u{1B}[K", to: STDERR_FILENO) }
    }

    private static func style(_ stream: Int32, wantsColour: Bool) -> Style {
        guard isatty(stream) == 1 else { return .plain }
        var size = winsize()
        let isKnown = ioctl(stream, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col >= 20
        return Style(isColoured: wantsColour, columns: isKnown ? Int(size.ws_col) : 80)
    }

    /// Writes all of it; a reader that went away ends the program by SIGPIPE, as with any filter.
    private static func write(_ text: String, to stream: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { send($0, to: stream) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }
}
