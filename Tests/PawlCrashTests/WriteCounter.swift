import FoundationEssentials
import PawlLoopback
import Testing

/// Counts what a run changes in the files of a SQLite ledger, and can kill the run right before a
/// change: a library that is put before the system's own functions. Before one change is after the
/// one before it. What is synced makes no difference to a process that is killed.
struct WriteCounter: Sendable {
    private let folder: String

    /// Compiles the library into a folder.
    static func built(in folder: String) async throws -> WriteCounter {
        try source.write(toFile: "\(folder)/changes.c", atomically: true, encoding: .utf8)
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        // A Swift toolchain brings clang along.
        let built = try await Victim().run(
            ["clang", "-shared", "-fPIC", "-O1", "-o", "changes.so", "changes.c", "-ldl"],
            environment: ["PATH": path], in: folder)
        try #require(built.status == 0, "\(built)")
        return WriteCounter(folder: folder)
    }

    /// What puts it before the real functions; `number`: kill before that change, counted from 1.
    func variables(killAt number: Int?) -> [String: String] {
        var variables = ["LD_PRELOAD": "\(folder)/changes.so"]
        if let number {
            variables["KILL_AT"] = "\(number)"
        } else {
            variables["COUNT_IN"] = counted
        }
        return variables
    }

    /// How many changes there were, in a run without a kill.
    var changes: Int { (try? Data(contentsOf: URL(filePath: counted)).count) ?? 0 }

    private var counted: String { "\(folder)/changes" }

    private static let source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <fcntl.h>
        #include <signal.h>
        #include <stdarg.h>
        #include <stdatomic.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>

        static atomic_int changes;

        static void change(const char *path) {
            if (!path || !strstr(path, "/pawl.db") || strstr(path, "-shm")) return;
            int number = atomic_fetch_add(&changes, 1) + 1;
            const char *kill_at = getenv("KILL_AT"), *count_in = getenv("COUNT_IN");
            if (kill_at && atoi(kill_at) == number) kill(getpid(), SIGKILL);
            if (!count_in) return;
            int file = openat(AT_FDCWD, count_in, O_WRONLY | O_CREAT | O_APPEND, 0644);
            if (write(file, ".", 1) != 1) abort();
            close(file);
        }

        static void change_of(int file) {
            char link[64], path[4096];
            snprintf(link, sizeof link, "/proc/self/fd/%d", file);
            ssize_t size = readlink(link, path, sizeof path - 1);
            if (size < 0) return;
            path[size] = 0;
            change(path);
        }

        #define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

        ssize_t pwrite(int file, const void *bytes, size_t size, off_t place) {
            change_of(file);
            return REAL(pwrite)(file, bytes, size, place);
        }
        ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t place) {
            change_of(file);
            return REAL(pwrite64)(file, bytes, size, place);
        }
        int ftruncate(int file, off_t size) {
            change_of(file);
            return REAL(ftruncate)(file, size);
        }
        int ftruncate64(int file, off64_t size) {
            change_of(file);
            return REAL(ftruncate64)(file, size);
        }
        int unlink(const char *path) {
            if (access(path, F_OK) == 0) change(path);
            return REAL(unlink)(path);
        }
        int rename(const char *from, const char *to) {
            change(to);
            return REAL(rename)(from, to);
        }
        #define OPEN(name)                                                  \\
            int name(const char *path, int flags, ...) {                    \\
                va_list rest;                                               \\
                va_start(rest, flags);                                      \\
                int mode = flags & O_CREAT ? va_arg(rest, int) : 0;         \\
                va_end(rest);                                               \\
                if (flags & O_CREAT && access(path, F_OK) != 0) change(path); \\
                return REAL(name)(path, flags, mode);                       \\
            }
        OPEN(open)
        OPEN(open64)

        """
}
