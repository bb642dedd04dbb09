#if Services
import ArgumentParser
import Foundation
import HTTPService
import Identities
import Logging
import ParallelLoops
import ServiceContracts

/// The daemon's command line.
@main
struct LeakDaemon: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hitoku-leakd",
    abstract: "Answers whether passwords are in a list of leaks, without learning which were asked for.",
    discussion: """
      Example:
        hitoku leak key oprf.key
        hitoku leak build --key oprf.key --work work --out passwords-1 \\
          --name passwords-1 list.txt.gz
        hitoku identity create leakd-id --name "Leak check"
        hitoku-leakd --database passwords-1 --oprf-key oprf.key \\
          --identity leakd-id --state state --listen 0.0.0.0:7443

      Clients pin the certificate of the identity and the public key that 'hitoku leak key' printed.
      SIGHUP: read --database (a link that was moved, say), --identity, --client-certificates and --tokens again without \
      dropping a request; what is refused stays as it was. SIGTERM: answer what came in, and stop.
      The log, JSON lines on standard error, and the metrics never hold anything of a query.

      Exit codes: 0 stopped in good order; 64 wrong usage; 65 the database, a key or the identity is not as it should be; \
      69 the address cannot be used; 73 the state cannot be kept.
      """,
    version: "0.1.0")

  @Option(help: "The folder that 'hitoku leak build' made, or a link to it.") var database: String
  @Option(
    help: "The OPRF key's file, mode 0600. During a rotation, once for each key: the one that fits is used.")
  var oprfKey: [String]
  @Option(help: "The folder of the TLS key and certificate.") var identity: String
  @Option(
    help:
      "Let in only clients that show a certificate of this PEM file, or one that an authority in it issued.")
  var clientCertificates: String?
  @Option(
    help:
      "Also answer /range/PREFIX from this file of 'hitoku leak build --range': it gives the list away, and learns prefixes."
  )
  var rangeFile: [String] = []
  @Option(help: "Where clients come to.") var listen = "127.0.0.1:7443"
  @Option(help: "Where operators come to, in clear: /metrics, /health, /ready.")
  var operatorListen = "127.0.0.1:9464"
  @Option(help: "The folder where budgets are kept.") var state: String
  @Option(help: "Requests of a client a minute, on average.") var rate = 600
  @Option(help: "Requests of a client at once.") var burst = 120
  @Option(help: "Elements that a client may have evaluated a day (UTC).") var budget = 102_400
  @Option(help: "A file of tokens: NAME SHA256-OF-TOKEN.") var tokens: String?
  @Flag(help: "Serve holders of tokens only.") var requireToken = false
  @Option(help: "Threads that compute; default: one for each processor.")
  var threads = ParallelLoops.processorCount
  @Option(help: "Requests that wait for a thread.") var queue = 128
  @Option(help: "Connections at once.") var connections = 1024
  @Option(help: "Connections of a client at once; default: a sixteenth of --connections, and at least 4.")
  var connectionsPerClient: Int?
  @Option(help: "Mebibytes of requests and answers that are held at once.") var buffers = 256
  @Option(help: "Seconds that a client may take for an answer.") var answerSeconds = 30
  @Option(help: "Seconds that a request's body may take.") var bodySeconds = 20
  @Option(help: "Seconds that an older version is served after a reload.") var graceSeconds = 60
  @Option(help: "Seconds for requests that came in before a stop.") var drainSeconds = 30
  @Option(help: "trace, debug, info (one line a request), notice, warning, error.")
  var logLevel = Logger.Level.info

  func validate() throws {
    let numbers = [
      rate, burst, budget, threads, connections, bodySeconds, graceSeconds, drainSeconds,
      connectionsPerClient ?? 1, buffers, answerSeconds,
    ]
    guard numbers.allSatisfy({ (1...1_000_000_000).contains($0) }), (0...1_000_000).contains(queue) else {
      throw ValidationError("Limits are numbers from 1 on; --queue may be 0.")
    }
    for address in [listen, operatorListen] where ServiceAddress(address) == nil {
      throw ValidationError("\(address) is no address: give HOST:PORT, such as 127.0.0.1:7443.")
    }
    guard !requireToken || tokens != nil else { throw ValidationError("--require-token needs --tokens.") }
    guard !oprfKey.isEmpty else { throw ValidationError("Give --oprf-key.") }
  }

  func run() async throws {
    // Until the first database is open there is nothing to reload.
    signal(SIGHUP, SIG_IGN)
    var logger = Logger(label: "hitoku-leakd", factory: { _ in JSONLog(level: logLevel) })
    logger.logLevel = logLevel
    do {
      try await LeakService(self, logger).run()
    } catch let error as LeakdError {
      logger.critical("refused to start", metadata: ["reason": "\(error)"])
      Foundation.exit(error.code)
    } catch {
      logger.critical("failed", metadata: ["reason": "\(error)"])
      Foundation.exit(69)
    }
  }
}

extension LeakdError {
  /// What the process ends with (sysexits(3)).
  var code: Int32 {
    switch self {
    case .service(.state), .service(.notAState), .service(.stateInUse): 73
    default: 65
    }
  }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
#else
@main
struct LeakDaemon {
  static func main() { print("hitoku-leakd was built without its services: build with the trait Services.") }
}
#endif
