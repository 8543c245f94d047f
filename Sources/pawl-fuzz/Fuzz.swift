import Glibc
import PawlFuzz
import Synchronization

/// libFuzzer's own `main`, as a function that it offers to programs with a `main` of their own.
@_extern(c, "LLVMFuzzerRunDriver")
private func drive(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// What libFuzzer calls for each input. A promise that is broken ends the process, as a crash does.
@c(LLVMFuzzerTestOneInput)
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    if let broken = outcome(Array(UnsafeBufferPointer(start: bytes, count: count))) {
        say("pawl-fuzz: \(Fuzz.target?.name ?? ""): \(broken)")
        abort()
    }
    return 0
}

/// Runs the target to its end, whatever threads it goes by. Most never leave this one.
private func outcome(_ bytes: [UInt8]) -> Broken? {
    let broken = Mutex<Broken?>(nil)
    Task.immediate {
        do throws(Broken) {
            try await Fuzz.target?.run(bytes)
        } catch {
            broken.withLock { $0 = error }
        }
        write(Fuzz.end.write, "e", 1)
    }
    var byte: UInt8 = 0
    while read(Fuzz.end.read, &byte, 1) != 1 {}
    return broken.withLock { $0 }
}

private func say(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    write(STDERR_FILENO, bytes, bytes.count)
}

/// Fuzzes one target, named by `PAWL_FUZZ_TARGET`. The arguments are libFuzzer's.
@main
enum Fuzz {
    static let target = getenv("PAWL_FUZZ_TARGET").flatMap {
        FuzzTarget.named(String(cString: $0))
    }

    /// A pipe: a byte comes through when a run of the target has ended.
    static let end: (read: Int32, write: Int32) = {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { exit(1) }
        return (ends[0], ends[1])
    }()

    static func main() {
        guard target != nil else {
            say("PAWL_FUZZ_TARGET is one of:")
            for target in FuzzTarget.all { say(target.name) }
            exit(2)
        }
        var count = CommandLine.argc
        var arguments = CommandLine.unsafeArgv
        exit(drive(&count, &arguments, testOneInput))
    }
}
