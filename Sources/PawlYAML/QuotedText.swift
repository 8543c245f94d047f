/// Text of the file in quotes, cut, with everything invisible written out, so that it cannot forge
/// lines or hide its direction on a terminal.
package func quoted(_ text: String) -> String {
    /// Own choice: enough to recognise what was meant.
    let charactersMax = 60
    var shown = ""
    for (count, scalar) in text.unicodeScalars.enumerated() {
        guard count < charactersMax else {
            shown += "…"
            break
        }
        if isInvisible(scalar) {
            shown += "\\u{" + String(scalar.value, radix: 16) + "}"
        } else {
            shown.unicodeScalars.append(scalar)
        }
    }
    return "\"\(shown)\""
}

/// Control and format characters, line separators, and code points without a character.
package func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
        .unassigned:
        true
    default: false
    }
}
