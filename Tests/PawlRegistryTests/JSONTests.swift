import PawlImages
import Testing

@Suite("JSON of images, read and written again")
struct JSONTests {
    @Test(
        "numbers are read as the standard has them, and kept as they were written",
        arguments: ["0", "-0", "10", "-0.50", "1E+5", "-1e999", "123456789012345678901234567890"])
    func number(text: String) throws {
        let bytes = Array("[\(text)]".utf8)
        #expect(try JSON(bytes) == .array([.number(text)]))
        #expect(try JSON(bytes).bytes == bytes)
    }

    @Test(
        "what only looks like a number is refused",
        arguments: [
            "01", "-01", "00e92", "-.5", ".5", "1.", "1.e5", ".e", "1e", "1e+", "-", "+1", "1.2.3",
        ])
    func noNumber(text: String) {
        for document in [text, "[\(text)]", "{\"a\":\(text)}"] {
            #expect(throws: JSON.Malformed.self) { try JSON(Array(document.utf8)) }
        }
    }

    @Test("a number beyond all bounds is none to count with")
    func integers() throws {
        #expect(try JSON(Array("1e999".utf8)).integer == nil)
        #expect(try JSON(Array("9007199254740993".utf8)).integer == nil)
        #expect(try JSON(Array("1.2e1".utf8)).integer == 12)
    }
}
