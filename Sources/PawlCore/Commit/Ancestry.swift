/// How a commit stands to a base, in the words of GitHub's compare: the commit is `ahead` of the
/// base when the base is one of its ancestors.
package enum Ancestry: String, Hashable, Sendable, CaseIterable {
    case ahead, identical, behind, diverged
}
