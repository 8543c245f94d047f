/// A mistake that somebody could make, as a change of one line, to see that the simulator finds it.
///
/// The product's code has no trace of them: `pawl-sim --plant` writes a copy of the sources with
/// all of them in it, each behind a switch, and `make sim-bugs` builds that copy and turns them on
/// one by one. A test holds that every line is still there to be changed.
package struct PlantedBug: Hashable, Sendable {
    /// Its name, a case of the copy's switch.
    package let name: String
    /// What is wrong, in a few words.
    package let story: String
    /// The file, from the package's folder.
    package let file: String
    /// What is replaced; it stands there once.
    package let line: String
    /// What replaces it. `PLANTED` is whether this bug is on.
    package let planted: String

    init(_ name: String, _ story: String, in file: String, _ line: String, _ planted: String) {
        self.name = name
        self.story = story
        self.file = "Sources/\(file).swift"
        self.line = line
        self.planted = planted
    }

    /// The planted line in the copy's own words.
    package var code: String { planted.replacing("PLANTED", with: "Planted.is(.\(name))") }

    /// Every bug.
    package static let all = rules + gates + absences + moving + recording + people

    /// The switch that the copy's code asks.
    package static var switchSource: String {
        """
        import Synchronization

        /// The planted bug that is on, if one is. Written by `pawl-sim --plant`.
        package enum Planted: Int, CaseIterable, Sendable {
            case none
            case \(all.map(\.name).joined(separator: "\n    case "))

            private static let current = Atomic<Int>(0)

            /// The number of the bug that is on.
            package static var number: Int { current.load(ordering: .relaxed) }

            /// Turns one bug on and all others off.
            package static func turn(on bug: Int) {
                current.store(bug, ordering: .relaxed)
            }

            /// Whether this bug is on.
            package static func `is`(_ bug: Self) -> Bool {
                current.load(ordering: .relaxed) == bug.rawValue
            }
        }

        """
    }

    /// What takes the place of `PlantedSwitch.swift` in the copy.
    package static let doorSource = """
        import PawlCore

        /// Turns planted bugs on.
        package enum PlantedSwitch {
            package static let isThere = true
            package static var current: Int { Planted.number }
            package static func turn(on bug: Int) { Planted.turn(on: bug) }
        }

        """
}
