#if Services
import ArgumentParser
import Foundation

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
        both$     hitoku psi plan study.json
        provider$ hitoku psi ledger budget study.json --peer analyst-certificate.pem --epsilon 5
        provider$ hitoku psi serve --study study.json --input flights.csv --listen 0.0.0.0:7000 \\
                    --identity provider-id --peer analyst-certificate.pem
        analyst$  hitoku psi join --study study.json --input register.csv --connect HOST:7000 \\
                    --identity analyst-id --peer provider-certificate.pem \\
                    --out table.csv --report report.html

      Sums over many organisations: hitoku sum --help
      Encrypted numbers in the files of python-paillier: hitoku paillier --help

      Exit codes: 0 done; 1 failed for a reason of its own; 64 wrong usage; 65 a study or table is not as it should \
      be; 69 the other side, or the way to it; 73 a result cannot be written; 77 the ledger refuses; 130 stopped by a \
      signal. The reason and a hint stand on standard error.
      """,
    version: "0.1.0",
    subcommands: [
      IdentityCommand.self, PSICommand.self, CompareCommand.self, LeakCommand.self, SumCommand.self,
      PaillierCommand.self,
    ])

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      // What is printed waits in a buffer: a full disk shows now.
      guard fflush(nil) == 0 else {
        throw CommandFailure(
          "standard output cannot be written.", hint: "Is there space where it goes?", code: .cannotCreate)
      }
    } catch let failure as CommandFailure {
      note("Error: \(failure)")
      Foundation.exit(failure.code.rawValue)
    } catch { exit(withError: error) }
  }
}
#else
@main
struct Hitoku {
  static func main() { print("hitoku was built without its services: build with the trait Services.") }
}
#endif
