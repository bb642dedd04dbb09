#if Services
import ArgumentParser

/// The command line.
@main
struct Hitoku: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hitoku",
    abstract: "Statistics over data that nobody shows.",
    discussion: """
      Two organisations with an agreed study file:
        provider$ hitoku identity create provider-id --name "Airlines' office"
        analyst$  hitoku identity create analyst-id --name "Register"
        (exchange the certificate.pem files, and compare fingerprints on another channel)
        provider$ hitoku psi ledger budget study.json --epsilon 5 --counterpart-epsilon 5
        provider$ hitoku psi serve --study study.json --input flights.csv --listen 0.0.0.0:7000 \\
                    --identity provider-id --peer analyst-certificate.pem
        analyst$  hitoku psi join --study study.json --input register.csv --connect HOST:7000 \\
                    --identity analyst-id --peer provider-certificate.pem --out table.csv

      Exit codes: 0 done, 1 the run failed (the reason and a hint stand on standard error), 64 wrong usage.
      """,
    subcommands: [IdentityCommand.self, PSICommand.self, CompareCommand.self])
}

/// An error with a hint, as every command prints it.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String

  init(_ problem: any Error, hint: String? = nil) {
    description = hint.map { "\(problem)\nHint: \($0)" } ?? "\(problem)"
  }

  init(_ text: String, hint: String) { description = "\(text)\nHint: \(hint)" }
}
#else
@main
struct Hitoku {
  static func main() { print("hitoku was built without its services: build with the trait Services.") }
}
#endif
