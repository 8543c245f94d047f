import PawlSimulator

let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.first == "--seed" {
    let seed = UInt64(arguments.last ?? "") ?? 0
    let trace = World(Script.drawn(seed)).play().trace
    print(trace.text())
    for breach in Promise.allBreaches(in: trace) { print(breach.promise.rawValue, breach.place, breach.text) }
} else {
let clock = ContinuousClock()
let began = clock.now
var records = 0
let count = Int(arguments.first ?? "1000") ?? 1000
let from = arguments.count > 1 ? Int(arguments[1]) ?? 0 : 0
var unequal = 0
var byPromise: [Promise: (Int, [String])] = [:]
for seed in from..<from + count {
    let script = Script.drawn(UInt64(seed))
    let outcome = World(script).play()
    records += outcome.trace.records.count
    if seed % 100 == 0 {
        if World(script).play().trace != outcome.trace { unequal += 1 }
    }
    if !outcome.ended { print("seed \(seed) does not end") }
    for breach in Promise.allBreaches(in: outcome.trace).prefix(1) {
        byPromise[breach.promise, default: (0, [])].0 += 1
        if byPromise[breach.promise]!.1.count < 6 { byPromise[breach.promise]!.1.append("\(seed) \(script.shape.hasLedger ? "L" : "-") \(breach.text)") }
    }
}
print(count, records, unequal, clock.now - began)
for (promise, (n, seeds)) in byPromise { print(promise.rawValue, n); for s in seeds { print("    ", s) } }
}
