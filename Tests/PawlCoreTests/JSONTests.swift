import PawlCore
import Testing

@Suite("JSON, as Pawl itself reads and writes it")
struct JSONTests {
    static let good = [
        "0", "-0", "10", "-1", "0.5", "-0.50", "1e5", "1E+5", "0e-0", "1.25e999", "-1e999",
        "123456789012345678901234567890",
    ]
    static let bad = [
        "01", "-01", "00e92", "-.5", ".5", "1.", "1.e5", ".e", "e5", "1e", "1e+", "-", "+1", "--1",
        "1.2.3", "0x1", "1_000", "NaN", "Infinity", "1 2",
    ]

    @Test(
        "numbers are read as the standard has them, and written again as they were", arguments: good
    )
    func number(text: String) throws {
        let value = try JSONValue(parsing: Array("[\(text)]".utf8))
        let written = value.text
        #expect(try JSONValue(parsing: Array(written.utf8)) == value)
        #expect(written == "[\(text == "-0" ? "0" : text)]")
    }

    @Test("what only looks like a number is refused", arguments: bad)
    func noNumber(text: String) {
        for document in [text, "[\(text)]", "{\"a\": \(text)}"] {
            #expect(throws: JSONValue.Malformed.self) {
                try JSONValue(parsing: Array(document.utf8))
            }
        }
    }

    @Test("whole numbers of 64 bits are numbers to count with, all others are not")
    func integers() throws {
        func integer(_ text: String) throws -> Int? {
            try JSONValue(parsing: Array(text.utf8)).integer
        }
        #expect(try integer("\(Int.max)") == Int.max)
        #expect(try integer("\(Int.min)") == Int.min)
        #expect(try integer("9223372036854775808") == nil)
        #expect(try integer("1e3") == nil)
        #expect(try integer("1.0") == nil)
    }
}
