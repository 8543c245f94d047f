/// One answer about the outside world. Absence of evidence is never evidence: "could not look" is
/// its own case, so that every rule has to say what it does about it.
package enum Fact<Value: Hashable & Sendable>: Hashable, Sendable {
    case seen(Value)
    /// The source was asked and said: no such thing.
    case absent
    /// The source gave no usable answer. Rules may wait on it, never pass on it.
    case unreadable(PortFailure)

    /// The value, if it was seen. For showing, never for judging.
    package var value: Value? { if case .seen(let value) = self { value } else { nil } }

    /// The failure, if it could not be read.
    package var failure: PortFailure? {
        if case .unreadable(let failure) = self { failure } else { nil }
    }

    /// The fact before anybody asked.
    package static var notAsked: Self { .unreadable(.notAsked) }
}
