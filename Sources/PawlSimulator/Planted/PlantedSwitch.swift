/// Turns planted bugs on, where there are any: the copy that `make sim-bugs` builds has another
/// file in this one's place.
package enum PlantedSwitch {
    /// Whether this build has planted bugs.
    package static let isThere = false

    /// The number of the bug that is on.
    package static let current = 0

    /// Turns the bug of a number on; 0 for none.
    package static func turn(on bug: Int) {}
}
