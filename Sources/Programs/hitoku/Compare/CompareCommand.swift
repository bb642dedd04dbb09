#if Services
import ArgumentParser
import Identities
import PrivateComparison
import Reports
import Tables
import Transport

struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare own numbers with another organisation's, row by row, and learn the answers only.",
    discussion: """
      Both sides give the same operation, numbers of columns, bits, decimals, limit and receivers. Row 1 is \
      compared with row 1, and so on; both need equally many rows.

        lt, le, eq   1 where each number of the server's row is less than, at most, equal to the joiner's beside it
        max          the largest number of both rows
        argmax       where it stands: the server's columns count from 0, the joiner's go on behind them
        within       for all rows together one bit: whether the two points come as close as --limit in any row

      Example:
        serve$ hitoku compare serve --op lt --input a.csv --column bid --listen 0.0.0.0:7000 \\
                 --identity a-id --peer b.pem --result-to both --out answers.csv
        join$  hitoku compare join --op lt --input b.csv --column offer --connect HOST:7000 \\
                 --identity b-id --peer a.pem --result-to both --out answers.csv
      """,
    subcommands: [Serve.self, Join.self])

  /// Who gets the answers.
  enum Receiver: String, ExpressibleByArgument, CaseIterable { case serve, join, both }

  /// What both sides of a run are told.
  struct RunOptions: ParsableArguments {
    @Option(help: "What to compute: lt, le, eq, max, argmax or within.") var op: ComparisonOperation
    @Option(help: "The own table: CSV, gzip or not, or - for standard input.") var input: String
    @Option(help: "A column of numbers; give it again for vectors.") var column: [String]
    @Option(
      name: .customLong("bits"),
      help: """
        Bits of a number with its sign, decimals included: 1 to 64; for within at most 31. Default: 32, for within 31.
        """)
    var givenBits: Int?
    /// Bits of a number with its sign.
    var bits: Int { givenBits ?? (op == .within ? 31 : 32) }
    @Option(help: "Decimals that count: 12.5 with 2 decimals is 1250.") var decimals = 0
    @Option(help: "For within: the largest distance that counts as close.") var limit: String?
    @Option(help: "Who gets the answers: serve, join or both.") var resultTo: Receiver
    @Option(help: "Where this side's answers go, as CSV; they appear whole or not at all.") var out: String?
    @Flag(help: "Protect the server's numbers from a joiner that breaks the rules, too; both sides give it.")
    var checkJoiner = false
    @Option(help: "The own identity's folder.") var identity: String
    @Option(help: "The other side's certificate file, or its fingerprint.") var peer: String
    @Option(
      help:
        "Seconds that join waits for an unreachable other side, and both within a run; for the first call, serve waits for ever."
    )
    var patience = 60

    func validate() throws {
      guard (1...3600).contains(patience) else {
        throw ValidationError("--patience is from 1 to 3600 seconds.")
      }
      guard (0...9).contains(decimals) else { throw ValidationError("--decimals is 0 to 9") }
      guard (op == .within) == (limit != nil) else {
        throw ValidationError("--limit belongs to --op within, and only to it")
      }
      guard (1...(op == .within ? 31 : 64)).contains(bits) else {
        throw ValidationError(op == .within ? "with --op within, --bits is 1 to 31." : "--bits is 1 to 64.")
      }
      if let limit {
        let distance = DecimalField.value(Array(limit.utf8)[...], decimals: decimals)
        guard let distance, (0..<1 << 32).contains(distance) else {
          throw ValidationError(
            "--limit is a number from 0 with at most \(decimals) decimals, below 2^32 in units of the last.")
        }
      }
      guard !column.isEmpty else { throw ValidationError("give at least one --column") }
    }

    var transport: TransportConfiguration {
      var configuration = TransportConfiguration()
      configuration.connectTimeout = .seconds(patience)
      configuration.resumeLimit = .seconds(patience)
      configuration.onEvent = { event in
        guard case .refusedCertificate(let fingerprint) = event else { return }
        // Not on the event loop, which a stopped terminal would block.
        Task { note("refused a stranger, whose certificate is \(fingerprint)") }
      }
      return configuration
    }

    /// Refuses an --out that does not fit to who gets the answers.
    func checkOut(isServer: Bool) throws {
      let receives = resultTo == .both || resultTo == (isServer ? .serve : .join)
      guard receives == (out != nil) else {
        throw ValidationError(
          receives
            ? "this side gets the answers: say where with --out."
            : "this side gets no answers: leave --out away, or change --result-to on both sides.")
      }
    }

    /// Everything that is checked before anybody is talked to.
    func agreed() throws -> AgreedComparison {
      if let out { try checkWritable(out, option: "--out") }
      let receivers: ComparisonRules.Receivers =
        switch resultTo {
        case .serve: .garbler
        case .join: .evaluator
        case .both: .both
        }
      let distance = limit.flatMap { DecimalField.value(Array($0.utf8)[...], decimals: decimals) } ?? 0
      return try explained {
        AgreedComparison(
          function: try .comparison(
            op, columns: column.count, bits: bits, decimals: decimals, limit: UInt64(distance)),
          rules: ComparisonRules(receivers: receivers, checksEvaluator: checkJoiner))
      }
    }

    /// The rows and, where the input can be read twice, how many there are: every number is looked at before anybody
    /// is talked to, so that a bad one ends nothing but this side.
    func rows() throws -> Table {
      func open() throws -> ComparisonRows {
        try ComparisonRows(openTable(input), columns: column, bits: bits, decimals: decimals)
      }
      guard isPlainFile(input) else { return Table(rows: try open(), count: nil) }
      var rows = try open()
      var progress = ProgressLine("checking", unit: "rows")
      while try rows.next(1 << 14).isEmpty == false {
        try Task.checkCancellation()
        progress.update(rows.count, of: 0)
      }
      progress.finish()
      guard rows.count > 0 else {
        throw CommandFailure("\(input) has 0 rows below its header.", hint: "Check the table.", code: .data)
      }
      return Table(rows: try open(), count: rows.count)
    }

    /// The own table.
    struct Table: ~Copyable {
      var rows: ComparisonRows
      let count: Int?
    }

    func identities() throws -> (Identity, Fingerprint) {
      try explained { (try Identity(folder: identity), try Fingerprint(certificateFileOrDigits: peer)) }
    }

    func answers() throws -> ComparisonAnswers {
      try ComparisonAnswers(path: out, operation: op, bits: bits, decimals: decimals)
    }
  }

  struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Wait for the other side, and garble.")
    @OptionGroup var options: RunOptions
    @Option(help: "HOST:PORT to listen on.") var listen: String

    func validate() throws { try options.checkOut(isServer: true) }

    func run() async throws {
      let agreed = try options.agreed()
      let address = try parseAddress(listen)
      let (identity, peer) = try options.identities()
      let options = options
      try await interruptible {
        do {
          var table = try options.rows()
          var answers = try options.answers()
          let listener = try await Listener.listen(
            host: address.host, port: address.port, identity: identity, peer: peer,
            studyDigest: agreed.digest, configuration: options.transport)
          note("listening on port \(listener.port)")
          let connection = try await listener.accept()
          var party = ComparisonGarbler(
            agreed.function, rules: agreed.rules, session: connection.sessionID, rows: table.count)
          try await ComparisonLink(connection).drive(&party, &table.rows, &answers)
          try answers.finish()
        } catch { throw CommandFailure(comparing: error) }
      }
    }
  }

  struct Join: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Call the other side, and evaluate.")
    @OptionGroup var options: RunOptions
    @Option(help: "HOST:PORT of the other side.") var connect: String

    func validate() throws { try options.checkOut(isServer: false) }

    func run() async throws {
      let agreed = try options.agreed()
      let address = try parseAddress(connect)
      let (identity, peer) = try options.identities()
      let options = options
      try await interruptible {
        do {
          var table = try options.rows()
          var answers = try options.answers()
          let connection = try await Connection.connect(
            host: address.host, port: address.port, identity: identity, peer: peer,
            studyDigest: agreed.digest, configuration: options.transport)
          var party = ComparisonEvaluator(
            agreed.function, rules: agreed.rules, session: connection.sessionID, rows: table.count)
          try await ComparisonLink(connection).drive(&party, &table.rows, &answers)
          try answers.finish()
        } catch { throw CommandFailure(comparing: error) }
      }
    }
  }
}

extension ComparisonOperation: ExpressibleByArgument {}

/// What both sides must have said.
struct AgreedComparison {
  let function: RowFunction
  let rules: ComparisonRules

  var digest: [UInt8] { function.terms(rules) }
}
#endif
