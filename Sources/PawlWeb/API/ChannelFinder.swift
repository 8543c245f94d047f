import HTTPTypes
import PawlCore
import PawlServer

/// Finds channels by what people call them: `owner/repo/channel`, or the channel's own name where
/// only one has it.
struct ChannelFinder {
    let board: Board

    func channel(named name: String) throws(Problem) -> Situation {
        let all = board.situations
        if let exact = all.first(where: {
            "\($0.address)".lowercased() == name.lowercased()
        }) {
            return exact
        }
        let found = all.filter { $0.address.channel.text == name }
        guard found.count <= 1 else {
            let names = found.map { "\($0.address)" }.joined(separator: ", ")
            throw Problem(.conflict, "More than one channel has that name: \(names).")
        }
        guard let only = found.first else {
            throw Problem(.notFound, "There is no channel \(name).")
        }
        return only
    }
}
