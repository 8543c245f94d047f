import PawlSimulator

await Command(Array(CommandLine.arguments.dropFirst())).run()
