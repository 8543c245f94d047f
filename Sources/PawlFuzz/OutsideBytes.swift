/// An input's bytes as a target takes them apart.
struct OutsideBytes {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// The bytes up to the next line end, which is taken too.
    mutating func line() -> String {
        let line = rest.prefix { $0 != UInt8(ascii: "\n") }
        rest = rest.dropFirst(line.count + 1)
        return String(decoding: line, as: UTF8.self)
    }

    /// Lines up to an empty one, which is taken too; at most eight.
    mutating func lines() -> [String] {
        var lines: [String] = []
        while !rest.isEmpty, lines.count < 8 {
            let line = line()
            if line.isEmpty { break }
            lines.append(line)
        }
        return lines
    }

    /// Whatever is left.
    var bytes: [UInt8] { Array(rest) }
    /// Whatever is left, with replacements for what is not UTF-8.
    var text: String { String(decoding: rest, as: UTF8.self) }

    /// Texts that may have line ends: a line `%%` parts them. There are always as many as asked
    /// for.
    static func texts(_ count: Int, in bytes: [UInt8]) -> [String] {
        var texts: [[UInt8]] = [[]]
        var begin = true
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if line.elementsEqual("%%".utf8), texts.count < count {
                texts.append([])
                begin = true
                continue
            }
            if !begin { texts[texts.count - 1].append(UInt8(ascii: "\n")) }
            texts[texts.count - 1] += line
            begin = false
        }
        let read = texts.map { String(decoding: $0, as: UTF8.self) }
        return read + Array(repeating: "", count: count - read.count)
    }
}
