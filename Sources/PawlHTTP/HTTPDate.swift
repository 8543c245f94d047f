package import PawlCore

/// Reads the date of an HTTP header in the one form that servers may send (RFC 9110, 5.6.7:
/// `Sun, 06 Nov 1994 08:49:37 GMT`).
package func instant(httpDate text: String) -> Instant? {
    let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let words = text.split(separator: " ")
    guard words.count == 6, words[0].hasSuffix(","), words[5] == "GMT",
        let month = months.firstIndex(of: String(words[2]))
    else { return nil }
    let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
    return Instant(timestamp: "\(words[3])-\(number)-\(words[1])T\(words[4])Z")
}
