#if Services
import ArgumentParser
import ByteCoding
import CrossStatistics
import Identities
import Reports
import Studies
import Tables
import Transport

struct JoinCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "join", abstract: "Analyst: ask, and get the statistics.",
    discussion: """
      May be started before the provider serves: it tries for as long as --patience says. Results appear whole or not at all. Numbers \
      come with half the width of their 95 % noise interval, in columns that end in _pm95.
      """)
  @OptionGroup var options: RunOptions
  @OptionGroup var state: StateOptions
  @Option(help: "HOST:PORT of the provider.") var connect: String
  @OptionGroup var results: ResultOptions

  func run() async throws {
    try results.check(against: [options.input, options.study])
    let party = try options.open()
    let address = try parseAddress(connect)
    let book = try RunLedger(
      state.openLedger(), side: .analyst, agreed: party.agreed, counterpart: party.peer)
    try book.check()
    let table = try readTable(party.agreed.study)
    try table.counts.check()
    let command = self
    let transport = options.transport
    try await interruptible {
      do {
        var run = try AnalystRun(
          party.agreed.shape, identifiers: table.identifiers, groups: table.groups,
          publicationNoise: party.agreed.publicationNoise())
        note(
          "reaching for the provider at \(address.host):\(address.port), for \(command.options.patience) s at most"
        )
        let start = ContinuousClock.now
        let connection = try await Connection.connect(
          host: address.host, port: address.port, identity: party.identity, peer: party.peer,
          studyDigest: party.agreed.study.digest, configuration: transport)
        let link = RunLink(connection)
        let result = try await book.logging(connection.sessionID) { charges in
          try await Self.ask(&run, link, charges)
        }
        let time = (ContinuousClock.now - start).components
        let circumstances = RunReport.Circumstances(
          own: party.identity.fingerprint, peer: party.peer, session: connection.sessionID,
          rows: table.counts, seconds: Double(time.seconds) + Double(time.attoseconds) * 1e-18,
          bytes: link.bytes)
        try command.write(party.agreed, table, result, circumstances)
      } catch { throw CommandFailure(error) }
    }
  }

  private func readTable(_ study: Study) throws -> AnalystTable {
    let reader = try openTable(options.input)
    var progress = ProgressLine("reading", unit: "rows")
    do {
      return try AnalystTable(reader, study: study) { progress.update($0, of: 0) }
    } catch { throw CommandFailure(error) }
  }

  private static func ask(
    _ run: inout AnalystRun, _ link: RunLink, _ charges: RunLedger.Charges
  ) async throws -> AnalystRun.Result {
    run.begin(run: charges.run)
    var progress = ProgressLine("asking", unit: "items")
    try await link.guarding {
      try charges.chargeSharing()
      loop: while true {
        progress.update(run.progress.done, of: run.progress.total)
        switch try run.next() {
        case .send(let message): try await link.send(message)
        case .receive: try run.receive(try await link.receive(run.limits))
        case .chargePublication: try run.chargedPublication(try charges.chargePublication())
        case .finished: break loop
        }
        try Task.checkCancellation()
      }
    }
    await link.close()
    progress.finish()
    // Only now: the other side must not learn from an early end what was opened.
    return try run.result()
  }

  private func write(
    _ agreed: AgreedStudy, _ table: AnalystTable, _ result: AnalystRun.Result,
    _ circumstances: RunReport.Circumstances
  ) throws {
    let ids =
      agreed.study.mode == .elements ? ByteStrings(result.common.map { Array(table.identifiers[$0]) }) : nil
    let statistics = agreed.statistics(
      counts: result.counts, tables: result.tables, suppressed: result.suppressed)
    let matched = agreed.plan.releases.isEmpty ? [] : result.counts
    let report = RunReport(agreed).report(
      statistics, ids: ids, matched: matched, circumstances: circumstances)
    try results.write(report, idColumn: agreed.study.analyst.idColumn)
  }
}
#endif
