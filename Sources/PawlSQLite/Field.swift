/// A value in a row, or one that is given to a statement.
enum Field: Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    /// A blob; also a text that is no UTF-8, which Pawl never wrote.
    case bytes([UInt8])

    /// Each is `nil` for a value of another kind: nothing is converted, so that what was damaged
    /// is not read as something else.
    var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    var text: String? { if case .text(let value) = self { value } else { nil } }
    var bytes: [UInt8]? { if case .bytes(let value) = self { value } else { nil } }
}
