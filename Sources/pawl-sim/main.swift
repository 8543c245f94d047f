import Glibc

let command = Command(Array(CommandLine.arguments.dropFirst()))
exit(await command.run() ? 0 : 1)
