/// A text that must not be printed: it describes itself as dots, also inside of other values.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The text itself, for the one place that needs it.
    package let exposed: String

    /// Hides a text.
    package init(_ text: String) { exposed = text }

    /// Dots.
    package var description: String { "•••" }
    /// Dots.
    package var debugDescription: String { description }
    /// Nothing to look at.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
