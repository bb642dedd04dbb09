#if Services
import ArgumentParser
import ByteCoding
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
      goes on when it is back within --patience; where this process dies the analyst gets nothing, and what was charged stays \
      charged. --out, --report and --json are for studies that hand the result to both sides.
      """)
  @OptionGroup var options: RunOptions
  @OptionGroup var state: StateOptions
  @Option(help: "HOST:PORT to listen on; port 0 lets the system choose.") var listen: String
  @OptionGroup var results: ResultOptions

  func run() async throws {
    let party = try options.open()
    let address = try parseAddress(listen)
    let book = try RunLedger(
      state.openLedger(), side: .provider, agreed: party.agreed, counterpart: party.peer)
    try book.check()
    guard party.agreed.shape.disclosure != .nothing || (results.out == nil && results.report == nil) else {
      throw CommandFailure(
        "the study hands its result to the analyst alone.",
        hint: "Drop --out and --report, or agree on \"receiver\": \"both\".", code: .data)
    }
    try results.check(against: [options.input, options.study])
    let table = try readTable(party.agreed.study)
    try table.counts.check()
    note(counted(table.identifiers.count, "id"))
    let command = self
    let transport = options.transport
    try await interruptible {
      do {
        // Everything whose time depends on data, noise or dummies comes before anybody can connect.
        var run = try ProviderRun(
          party.agreed.shape, identifiers: table.identifiers, dummies: party.agreed.drawDummies(),
          records: party.agreed.records(table))
        let listener = try await Listener.listen(
          host: address.host, port: address.port, identity: party.identity, peer: party.peer,
          studyDigest: party.agreed.study.digest, configuration: transport)
        note("listening on port \(listener.port)")
        note("waiting for the analyst at \(address.host):\(listener.port)")
        let link = RunLink(try await listener.accept())
        note("the analyst is here")
        let start = ContinuousClock.now
        let result = try await book.logging(link.connection.sessionID) { charges in
          run.begin(run: charges.run)
          return try await Self.serve(&run, link, charges)
        }
        let time = (ContinuousClock.now - start).components
        try command.conclude(
          party.agreed, result,
          RunReport.Circumstances(
            own: party.identity.fingerprint, peer: party.peer, session: link.connection.sessionID,
            rows: table.counts, seconds: Double(time.seconds) + Double(time.attoseconds) * 1e-18,
            bytes: link.bytes))
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
    _ run: inout ProviderRun, _ link: RunLink, _ charges: RunLedger.Charges
  ) async throws -> Shared {
    var progress = ProgressLine("answering", unit: "items")
    try await link.guarding {
      loop: while true {
        progress.update(run.progress.done, of: run.progress.total)
        switch try run.next() {
        case .send(let message): try await link.send(message)
        case .receive: try run.receive(try await link.receive(run.limits))
        case .chargeMatch: try run.chargedMatch(try charges.chargeMatch())
        case .chargeCells: try run.chargedCells(try charges.chargeCells())
        case .working: break
        case .finished: break loop
        }
        try Task.checkCancellation()
      }
    }
    await link.close()
    progress.finish()
    return Shared(ids: run.commonIDs, tables: run.shared)
  }

  /// What the analyst told at the end.
  private struct Shared {
    var ids: ByteStrings
    var tables: SharedTables?
  }

  private func conclude(
    _ agreed: AgreedStudy, _ shared: Shared, _ circumstances: RunReport.Circumstances
  ) throws {
    let ids = agreed.shape.disclosure == .commonRows ? shared.ids : nil
    let statistics = shared.tables.flatMap {
      agreed.statistics(counts: $0.counts, tables: $0.tables, suppressed: $0.suppressed)
    }
    let report = RunReport(agreed).report(statistics, ids: ids, circumstances: circumstances)
    note("the analyst has the result")
    try results.write(report, idColumn: agreed.study.provider.idColumn)
  }
}
#endif
