#if Services
import ArgumentParser
import CrossStatistics
import Identities
import Reports
import Studies
import Transport

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract:
      "Provider: answer one run; it is charged to the ledger before anything it pays for leaves.",
    discussion: """
      Waits for the analyst without limit; strangers are turned away without ending the wait. Where the link drops the run \
      goes on when it is back within a minute; where this process dies the analyst gets nothing, and what was charged stays \
      charged.
      """)
  @OptionGroup var options: RunOptions
  @OptionGroup var state: StateOptions
  @Option(help: "HOST:PORT to listen on; port 0 lets the system choose.") var listen: String
  @Flag(help: "Print a JSON summary at the end.") var json = false

  func run() async throws {
    let party = try options.open()
    let address = try parseAddress(listen)
    let book = try RunLedger(state.openLedger(), agreed: party.agreed, counterpart: party.peer)
    try book.checkBudget()
    let table = try readTable(party.agreed.study)
    note("\(table.counts.line), \(grouped(table.identifiers.count)) ids")
    let json = json
    try await interruptible {
      do {
        let listener = try await Listener.listen(
          host: address.host, port: address.port, identity: party.identity, peer: party.peer,
          studyDigest: party.agreed.study.digest)
        note("listening on port \(listener.port)")
        let link = RunLink(try await listener.accept())
        note("the analyst is here")
        let ids = try await book.logging(link.connection.sessionID) { charges in
          try await Self.serve(party.agreed, table, link, charges)
        }
        Self.conclude(party.agreed, ids, link, json: json)
      } catch { throw CommandFailure(error) }
    }
  }

  private func readTable(_ study: Study) throws -> ProviderTable {
    let reader = try openTable(options.input)
    var progress = ProgressLine("reading", unit: "rows")
    do {
      return try ProviderTable(reader, study: study) { progress.update($0, of: 0) }
    } catch { throw CommandFailure(error) }
  }

  private static func serve(
    _ agreed: AgreedStudy, _ table: ProviderTable, _ link: RunLink, _ charges: RunLedger.Charges
  ) async throws -> [[UInt8]] {
    let own = ProviderRecords(agreed, table: table)
    var run = try ProviderRun(agreed.shape, ids: own.ids, dummies: own.dummies, records: own.records)
    var progress = ProgressLine("answering", unit: "items")
    try await link.guarding {
      loop: while true {
        progress.update(run.progress.done, of: run.progress.total)
        switch try run.next() {
        case .send(let message): try await link.send(message)
        case .receive: try run.receive(try await link.receive())
        case .chargeMatch:
          try charges.chargeMatch()
          run.chargedMatch()
        case .chargeCells:
          try charges.chargeCells()
          run.chargedCells()
        case .finished: break loop
        }
      }
      try await link.connection.close()
    }
    progress.finish()
    return run.commonIDs
  }

  private static func conclude(_ agreed: AgreedStudy, _ ids: [[UInt8]], _ link: RunLink, json: Bool) {
    let common = ids.map { String(decoding: $0, as: UTF8.self) }
    guard json else {
      for id in common { print(id) }
      note("done: the analyst has the result; the ledger has the charge")
      return
    }
    var report = Report(title: agreed.study.name, summary: "The run is complete.", sections: agreed.sections)
    if agreed.shape.tellsProvider { report.list = ("ids", common) }
    report.sections.append(
      .init("Run", [.init("Sent and received", byteCount(link.bytes), key: "bytes")]))
    print(report.json())
  }
}
#endif
