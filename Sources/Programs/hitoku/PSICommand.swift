#if Services
import ArgumentParser
import BudgetLedger
import CrossStatistics
import Identities
import Studies
import Tables
import Transport

struct PSICommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "psi", abstract: "Match ids with another organisation and get the statistics of the match.",
    subcommands: [Check.self, Plan.self, Serve.self, Join.self, LedgerCommand.self])

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Check a study file and print its digest.")
    @Argument(help: "The study file (docs/study.schema.json).") var study: String

    func run() throws {
      let agreed = try AgreedStudy(path: study)
      print("\(agreed.study.name)\ndigest \(hexadecimal(agreed.study.digest))")
    }
  }

  struct Plan: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print what each side will learn, what a run sends, and what it costs in privacy.")
    @Argument(help: "The study file.") var study: String

    func run() throws {
      let agreed = try AgreedStudy(path: study)
      for line in agreed.summary { print(line) }
    }
  }

  /// What both sides of a run are told.
  struct RunOptions: ParsableArguments {
    @Option(help: "The study file; both sides need the same.") var study: String
    @Option(help: "The own table: CSV, gzip or not, or - for standard input.") var input: String
    @Option(help: "The own identity's folder.") var identity: String
    @Option(help: "The other side's certificate file, or its fingerprint.") var peer: String

    func open() throws -> (agreed: AgreedStudy, identity: Identity, peer: Fingerprint) {
      let agreed = try AgreedStudy(path: study)
      do throws(IdentityError) {
        return (agreed, try Identity(folder: identity), try Fingerprint(certificateFileOrDigits: peer))
      } catch { throw CommandFailure(error, hint: error.hint) }
    }
  }

  struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "Provider: answer one run; every run is charged to the ledger before anything it pays for leaves.")
    @OptionGroup var options: RunOptions
    @Option(help: "HOST:PORT to listen on.") var listen: String
    @Option(help: "The budget ledger's file.") var ledger = "hitoku-ledger.sqlite"

    func run() async throws {
      let (agreed, identity, peer) = try options.open()
      let address = try parseAddress(listen)
      let table: ProviderTable
      let reader = try openTable(options.input)
      do throws(StudyTableError) {
        table = try ProviderTable(reader, study: agreed.study)
      } catch { throw CommandFailure(error) }
      note("read \(table.counts.read) rows: \(table.counts.used) used, \(table.identifiers.count) ids")
      let book = try RunLedger(path: ledger, agreed: agreed, counterpart: peer)
      let connection: Connection
      do throws(TransportError) {
        let listener = try await Listener.listen(
          host: address.host, port: address.port, identity: identity, peer: peer,
          studyDigest: agreed.study.digest)
        note("listening on port \(listener.port)")
        connection = try await listener.accept()
      } catch { throw CommandFailure(error, hint: error.hint) }
      try await Self.serve(agreed, table, RunLink(connection), book)
    }

    private static func serve(
      _ agreed: AgreedStudy, _ table: ProviderTable, _ link: RunLink, _ book: RunLedger
    ) async throws {
      let charges = try book.begin(session: link.connection.sessionID)
      var run = try ProviderRun(
        agreed.shape, run: charges.run, identifiers: table.identifiers, dummies: agreed.drawDummies(),
        records: agreed.records(table))
      var progress = ProgressNotes()
      try await link.guarding {
        loop: while true {
          progress.update(run.progress)
          switch try run.next() {
          case .send(let message): try await link.send(message)
          case .receive: try run.receive(try await link.receive())
          case .chargeMatch: try run.chargedMatch(try charges.chargeMatch())
          case .chargeCells: try run.chargedCells(try charges.chargeCells())
          case .working: break
          case .finished: break loop
          }
        }
        try await link.connection.close()
      }
      try charges.complete()
      for id in run.commonIDs { print(String(decoding: id, as: UTF8.self)) }
      note("done: the analyst has the result; the ledger has the charge")
    }
  }

  struct Join: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Analyst: ask, and get the table.")
    @OptionGroup var options: RunOptions
    @Option(help: "HOST:PORT of the provider.") var connect: String
    @Option(help: "Where the result goes, as CSV; it appears whole or not at all.") var out: String

    func run() async throws {
      try checkWritable(out)
      let (agreed, identity, peer) = try options.open()
      let address = try parseAddress(connect)
      let table: AnalystTable
      let reader = try openTable(options.input)
      do throws(StudyTableError) {
        table = try AnalystTable(reader, study: agreed.study)
      } catch { throw CommandFailure(error) }
      note("read \(table.counts.read) rows: \(table.counts.used) ids used")
      let link: RunLink
      do throws(TransportError) {
        link = RunLink(
          try await Connection.connect(
            host: address.host, port: address.port, identity: identity, peer: peer,
            studyDigest: agreed.study.digest))
      } catch { throw CommandFailure(error, hint: error.hint) }
      let result = try await Self.ask(agreed, table, link)
      try write(agreed, table, result)
      note("done: \(out)")
    }

    private static func ask(
      _ agreed: AgreedStudy, _ table: AnalystTable, _ link: RunLink
    ) async throws -> AnalystRun.Result {
      var run = try AnalystRun(agreed.shape, identifiers: table.identifiers, groups: table.groups)
      var progress = ProgressNotes()
      try await link.guarding {
        loop: while true {
          progress.update(run.progress)
          switch try run.next() {
          case .send(let message): try await link.send(message)
          case .receive: try run.receive(try await link.receive())
          case .finished: break loop
          }
        }
        try await link.connection.close()
      }
      return run.result()
    }

    private func write(_ agreed: AgreedStudy, _ own: AnalystTable, _ result: AnalystRun.Result) throws {
      do throws(TableError) {
        var writer = CSVWriter(try OutputFile(path: out))
        if agreed.study.mode == .elements {
          try writer.write([agreed.study.analyst.idColumn])
          for index in result.common {
            try writer.write([String(decoding: own.identifiers[index], as: UTF8.self)])
          }
        } else {
          let table = ResultTable(agreed, result: result)
          try writer.write(table.header)
          for row in table.rows { try writer.write(row) }
        }
        try writer.finish()
      } catch { throw CommandFailure(error) }
    }
  }
}

/// Lower-case digits of bytes.
func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
#endif
