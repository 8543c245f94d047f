package import PawlCore

/// Where events from outside are kept until what they concern was looked at. What was kept once is
/// never lost: a server that is killed finds it again at its next start.
package protocol Deliveries: Sendable {
    /// Keeps a delivery, durably when this returns. Many calls at once share one write. A delivery
    /// whose id is there already is `known`, and nothing is written.
    func keep(_ delivery: Delivery) async throws(PortFailure) -> Kept

    /// Deliveries that are not finished, oldest first, at most `limit`, beginning after `mark`.
    func waiting(
        after mark: Int?, limit: Int
    ) async throws(PortFailure) -> [WaitingDelivery]

    /// What the delivery led to, in a word; it is not waiting any more. An id that is not there is
    /// passed over.
    func finish(_ ids: [String], as word: String) async throws(PortFailure)

    /// Drops finished deliveries that came before the moment. Their ids are forgotten with them.
    func forget(before moment: Instant) async throws(PortFailure)
}

/// An event as it came, verified and not yet read.
package struct Delivery: Hashable, Sendable {
    /// The sender's id of this delivery; a repetition has the same one.
    package let id: String
    /// The host's name for the kind of event.
    package let event: String
    /// The payload, byte for byte as it was signed.
    package let body: [UInt8]
    /// When it came.
    package let received: Instant

    /// A delivery in full.
    package init(id: String, event: String, body: [UInt8], received: Instant) {
        self.id = id
        self.event = event
        self.body = body
        self.received = received
    }
}

/// A delivery that was kept and is not finished.
package struct WaitingDelivery: Hashable, Sendable {
    /// Its place: a later one was kept later.
    package let mark: Int
    /// The delivery.
    package let delivery: Delivery

    /// A waiting delivery in full.
    package init(mark: Int, delivery: Delivery) {
        self.mark = mark
        self.delivery = delivery
    }
}

/// What came of keeping a delivery.
package enum Kept: Hashable, Sendable {
    /// It is there now, at this place.
    case added(mark: Int)
    /// It was there before.
    case known
}
