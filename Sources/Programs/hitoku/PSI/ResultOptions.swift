#if Services
import ArgumentParser
import Foundation
import Reports
import Tables

/// Where a result goes.
struct ResultOptions: ParsableArguments {
  @Option(help: "Where the result goes: CSV, or JSON if it ends in .json; - is standard output.")
  var out: String?
  @Option(help: "Where a report with charts goes: one HTML file that opens offline.") var report: String?
  @Flag(help: "Print result and report as JSON on standard output.") var json = false

  func validate() throws {
    if json && out == "-" { throw ValidationError("--json and --out - both want standard output.") }
    if report == "-" { throw ValidationError("--report needs a file.") }
    if let out, out == report { throw ValidationError("--out and --report name the same file.") }
  }

  /// Refuses paths that cannot be written, before anything is paid for.
  func check(against inputs: [String]) throws {
    for (path, option) in [(out, "--out"), (report, "--report")] {
      guard let path else { continue }
      guard path == "-" || !inputs.contains(where: { URL(filePath: $0) == URL(filePath: path) }) else {
        throw CommandFailure(
          "\(option) would overwrite \(path), which the run reads.", hint: "Give \(option) another file.",
          code: .cannotCreate)
      }
      try checkWritable(path, option: option)
    }
  }

  /// Writes everything that was asked for; without any wish the table goes to standard output. What a run has paid for
  /// must not be lost: where a file fails the others are written, and the result goes to standard output.
  func write(_ document: Report, idColumn: String) throws {
    var failure: (any Error)?
    do { if let out { try write(document, to: out, idColumn: idColumn) } } catch { failure = error }
    do { if let report { try writeWholeFile(report, document.html()) } } catch { failure = failure ?? error }
    if let failure {
      if !json { note("the result could not be written where it should go, so here it is") }
      print(document.json())
      throw failure
    }
    if json {
      print(document.json())
    } else if out == nil {
      for line in document.table?.text() ?? document.list?.items ?? [] { print(line) }
    }
    let places = [out, report].compactMap { $0 }.filter { $0 != "-" }
    note("done" + (places.isEmpty ? "" : ": \(places.joined(separator: ", "))"))
  }

  private func write(_ document: Report, to path: String, idColumn: String) throws {
    guard !path.lowercased().hasSuffix(".json") else {
      return try writeWholeFile(path, document.json() + "\n")
    }
    try explained {
      // Labels may be the other side's: a spreadsheet must not take them for formulas. Ids stay what they are.
      var writer = CSVWriter(try OutputFile(path: path), guardsFormulas: document.table != nil)
      if let table = document.table {
        try writer.write(table.header)
        for row in table.rows { try writer.write(table.fields(row)) }
      } else if let list = document.list {
        try writer.write([idColumn])
        for id in list.items { try writer.write([id]) }
      }
      try writer.finish()
    }
  }
}
#endif
