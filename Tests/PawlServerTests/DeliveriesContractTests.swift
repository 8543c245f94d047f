import PawlTesting
import Testing

@Suite("Deliveries in memory")
struct DeliveriesContractTests {
    @Test("what is in memory keeps the contract of every store")
    func contract() async {
        #expect(await DeliveriesContract(MemoryDeliveries()).breaches() == [])
    }

    @Test("of many senders at once nothing is lost and nothing kept twice")
    func race() async {
        let subject = DeliveriesContract(MemoryDeliveries())
        #expect(await subject.raceBreaches(senders: 8, each: 20) == [])
    }
}
