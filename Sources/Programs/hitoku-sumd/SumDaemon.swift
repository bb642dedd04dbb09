#if Services
import ArgumentParser
import Foundation
import HTTPService
import Logging
import ParallelLoops

/// The daemon's command line.
@main
struct SumDaemon: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hitoku-sumd",
    abstract: "Adds up numbers of many organisations without reading them.",
    discussion: """
      Example:
        hitoku identity create sumd-id --name "Encrypted sums"
        hitoku-sumd key --state state
        hitoku-sumd token create --state state --role analyst \\
          --name register --days 90 > analyst.token
        hitoku-sumd serve --state state --identity sumd-id \\
          --listen 0.0.0.0:7444

      Analysts put the printed key into their studies; contributors pin the certificate of the identity and the study's \
      digest. The daemon has no key that decrypts anything.
      SIGHUP: read --identity and --client-certificates again; what is refused stays as it was. SIGTERM: answer what came \
      in, and stop.
      The log, JSON lines on standard error, and the metrics never hold a token, a name or a ciphertext.

      Exit codes: 0 stopped in good order; 64 wrong usage; 65 a key, the identity or an argument is not as it should be; \
      69 the address cannot be used; 73 the state cannot be kept.
      """,
    version: "0.1.0",
    subcommands: [Serve.self, KeyCommand.self, TokenCommand.self])

  struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serve until SIGTERM.")
    @OptionGroup var place: StateFolder
    @Option(help: "The folder of the TLS key and certificate.") var identity: String
    @Option(
      help:
        "Let in only clients that show a certificate of this PEM file, or one that an authority in it issued."
    )
    var clientCertificates: String?
    @Option(help: "Where clients come to.") var listen = "127.0.0.1:7444"
    @Option(help: "Where operators come to, in clear: /metrics, /health, /ready.")
    var operatorListen = "127.0.0.1:9465"
    @Option(
      name: .customLong("public"),
      help: ArgumentHelp(
        "A study that everybody may see without a token: title, questions, progress, published result. Its digest, or 'all'.",
        valueName: "study"))
    var publicDigests: [String] = []
    @Option(help: "Requests of a bearer a minute, on average.") var rate = 600
    @Option(help: "Requests of a bearer at once.") var burst = 120
    @Option(help: "Threads that check ciphertexts and release; default: one for each processor.")
    var threads = ParallelLoops.processorCount
    @Option(help: "Requests that wait for a thread.") var queue = 256
    @Option(help: "Connections at once.") var connections = 1024
    @Option(help: "Connections of a client at once; default: a sixteenth of --connections, and at least 4.")
    var connectionsPerClient: Int?
    @Option(help: "Seconds that a request's body may take.") var bodySeconds = 60
    @Option(help: "Seconds for requests that came in before a stop.") var drainSeconds = 30
    @Option(help: "trace, debug, info (one line a request), notice, warning, error.")
    var logLevel = Logger.Level.info

    /// Of `--public`; none where `validate` refuses.
    var publicStudies: PublicStudies { PublicStudies(publicDigests) ?? PublicStudies() }

    func validate() throws {
      let numbers = [
        rate, burst, threads, connections, connectionsPerClient ?? 1, bodySeconds, drainSeconds,
      ]
      guard numbers.allSatisfy({ (1...1_000_000_000).contains($0) }), (0...1_000_000).contains(queue) else {
        throw ValidationError("Limits are numbers from 1 on; --queue may be 0.")
      }
      guard PublicStudies(publicDigests) != nil else {
        throw ValidationError("--public takes a study's digest, 64 hexadecimal digits, or 'all'.")
      }
      for address in [listen, operatorListen] where ServiceAddress(address) == nil {
        throw ValidationError("\(address) is no address: give HOST:PORT, such as 127.0.0.1:7444.")
      }
    }

    func run() async throws {
      signal(SIGHUP, SIG_IGN)
      var logger = Logger(label: "hitoku-sumd", factory: { _ in JSONLog(level: logLevel) })
      logger.logLevel = logLevel
      do {
        try await SumService(self, logger).run()
      } catch let error as SumdError {
        logger.critical("refused to start", metadata: ["reason": "\(error)"])
        Foundation.exit(error.code)
      } catch {
        logger.critical("failed", metadata: ["reason": "\(error)"])
        Foundation.exit(69)
      }
    }
  }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
#else
@main
struct SumDaemon {
  static func main() { print("hitoku-sumd was built without its services: build with the trait Services.") }
}
#endif
