#if Services
import ArgumentParser
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
      May be started before the provider serves: it tries for half a minute. Results appear whole or not at all. Numbers \
      come with half the width of their 95 % noise interval, in columns that end in _pm95.
      """)
  @OptionGroup var options: RunOptions
  @OptionGroup var state: StateOptions
  @Option(help: "HOST:PORT of the provider.") var connect: String
  @Option(help: "Where the result goes: CSV, or JSON if it ends in .json; - is standard output.")
  var out: String?
  @Option(help: "Where a report with charts goes: one HTML file that opens offline.") var report: String?
  @Flag(help: "Print result and report as JSON on standard output.") var json = false

  func validate() throws {
    if json && out == "-" { throw ValidationError("--json and --out - both want standard output.") }
    if report == "-" { throw ValidationError("--report needs a file.") }
  }

  func run() async throws {
    if let out { try checkWritable(out, option: "--out") }
    if let report { try checkWritable(report, option: "--report") }
    let party = try options.open()
    let address = try parseAddress(connect)
    let book = try RunLedger(state.openLedger(), agreed: party.agreed, counterpart: party.peer)
    let table = try readTable(party.agreed.study)
    note(table.counts.line)
    let command = self
    try await interruptible {
      do {
        let start = ContinuousClock.now
        let connection = try await Connection.connect(
          host: address.host, port: address.port, identity: party.identity, peer: party.peer,
          studyDigest: party.agreed.study.digest)
        let link = RunLink(connection)
        let groups = Self.groups(party.agreed, table)
        let result = try await book.logging(connection.sessionID) { _ in
          try await Self.ask(party.agreed, groups, link)
        }
        let time = (ContinuousClock.now - start).components
        let circumstances = RunReport.Circumstances(
          own: party.identity.fingerprint, peer: party.peer, session: connection.sessionID,
          rows: table.counts, seconds: Double(time.seconds) + Double(time.attoseconds) * 1e-18,
          bytes: link.bytes)
        try command.write(party.agreed, groups, result, circumstances)
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

  private static func groups(_ agreed: AgreedStudy, _ table: AnalystTable) -> [[[UInt8]]] {
    var groups = [[[UInt8]]](repeating: [], count: agreed.plan.groupLengths.count)
    for (index, group) in table.groups.enumerated() {
      groups[Int(group)].append(Array(table.identifiers[index]))
    }
    return groups
  }

  private static func ask(
    _ agreed: AgreedStudy, _ groups: [[[UInt8]]], _ link: RunLink
  ) async throws -> AnalystRun.Result {
    var run = try AnalystRun(agreed.shape, groups: groups)
    var progress = ProgressLine("asking", unit: "items")
    try await link.guarding {
      loop: while true {
        progress.update(run.progress.done, of: run.progress.total)
        switch try run.next() {
        case .send(let message): try await link.send(message)
        case .receive: try run.receive(try await link.receive())
        case .finished: break loop
        }
      }
      try await link.connection.close()
    }
    progress.finish()
    return run.result()
  }

  private func write(
    _ agreed: AgreedStudy, _ groups: [[[UInt8]]], _ result: AnalystRun.Result,
    _ circumstances: RunReport.Circumstances
  ) throws {
    var statistics: StudyStatistics?
    var ids: [String]?
    switch agreed.study.mode {
    case .elements:
      let all = groups.flatMap { $0 }
      ids = result.common.map { String(decoding: all[$0], as: UTF8.self) }
    case .count: statistics = StudyStatistics(agreed.study, agreed.plan, matchCounts: result.counts)
    case .sum, .cross: statistics = StudyStatistics(agreed.study, agreed.plan, tables: result.tables)
    }
    let document = RunReport(agreed).report(statistics, ids: ids, circumstances: circumstances)
    if let out { try write(agreed, document, to: out) }
    if let report { try writeWholeFile(report, document.html()) }
    if json {
      print(document.json())
    } else if out == nil {
      for line in document.table?.text() ?? ids ?? [] { print(line) }
    }
    let places = [out, report].compactMap { $0 }.filter { $0 != "-" }
    note("done" + (places.isEmpty ? "" : ": \(places.joined(separator: ", "))"))
  }

  private func write(_ agreed: AgreedStudy, _ report: Report, to path: String) throws {
    guard !path.hasSuffix(".json") else { return try writeWholeFile(path, report.json()) }
    try explained {
      var writer = CSVWriter(try OutputFile(path: path))
      if let table = report.table {
        try writer.write(table.header)
        for row in table.rows { try writer.write(table.fields(row)) }
      } else if let list = report.list {
        try writer.write([agreed.study.analyst.idColumn])
        for id in list.items { try writer.write([id]) }
      }
      try writer.finish()
    }
  }
}
#endif
