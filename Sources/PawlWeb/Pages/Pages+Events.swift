import HTTPTypes
import Hummingbird
import NIOCore
import PawlCore
import PawlPorts
import PawlServer

extension Pages {
    /// Tells an open page the number of each change. It carries nothing else: the page asks for
    /// itself again, by the same road as without a script.
    func events(_ request: Request) -> Response {
        guard let place = listeners.enter() else {
            var fields = PageHeaders.fields("text/plain; charset=utf-8")
            fields[.retryAfter] = "60"
            return Response(
                status: .serviceUnavailable, headers: fields,
                body: ResponseBody(byteBuffer: ByteBuffer(string: "Too many pages are open.\n")))
        }
        let (board, clock) = (board, clock)
        var fields = PageHeaders.fields("text/event-stream; charset=utf-8")
        // A proxy must not wait until there is more of it.
        if let name = HTTPField.Name("X-Accel-Buffering") { fields[name] = "no" }
        return Response(
            status: .ok, headers: fields,
            body: ResponseBody { writer in
                defer { place.leave() }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    defer { group.cancelAll() }
                    let changes = board.changes()
                    group.addTask {
                        for await _ in changes { place.wake() }
                    }
                    group.addTask {
                        var left = Limits.listeningTime
                        while left > .zero {
                            try await clock.sleep(Limits.heartbeat)
                            place.wake()
                            left -= Limits.heartbeat
                        }
                        place.leave()
                    }
                    // What changed before the first line is told by it. The same number again is
                    // a heartbeat.
                    try await writer.write(ByteBuffer(string: "retry: 5000\n"))
                    place.wake()
                    for await _ in place.wakings {
                        try await writer.write(ByteBuffer(string: "data: \(board.number)\n\n"))
                    }
                }
                try await writer.finish(nil)
            })
    }
}
