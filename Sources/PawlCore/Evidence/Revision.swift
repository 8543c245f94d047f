/// What an image says of the commit that it was built from.
package enum Revision: Hashable, Sendable {
    /// It names one commit, in the label's own words: a hint until it is resolved and compared.
    case says(String)
    /// It names none.
    case unlabelled
    /// Its platforms name different commits.
    case disagrees([String])
}
