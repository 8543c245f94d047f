package import PawlCore

/// Turns the bytes of an event into what happened.
package protocol Door: Sendable {
    /// `event` is the host's name for the kind of event; `body` its payload, unverified JSON.
    /// Throws `garbled` for a body that is not a payload of that event.
    func observation(event: String, body: [UInt8]) throws(PortFailure) -> Observation
}
