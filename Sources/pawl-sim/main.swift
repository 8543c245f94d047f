import PawlSimulator

let clock = ContinuousClock()
let began = clock.now
var records = 0
let count = Int(CommandLine.arguments.dropFirst().first ?? "1000") ?? 1000
var unequal = 0
for seed in 0..<count {
    let script = Script.drawn(UInt64(seed))
    let outcome = World(script).play()
    records += outcome.trace.records.count
    if seed % 100 == 0 {
        if World(script).play().trace != outcome.trace { unequal += 1 }
    }
    if !outcome.ended { print("seed \(seed) does not end") }
}
print(count, records, unequal, clock.now - began)
