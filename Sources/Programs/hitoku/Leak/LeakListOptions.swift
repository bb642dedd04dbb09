#if Services
import ArgumentParser
import Foundation
import LeakCheck
import LeakDatabase
import Reports

/// Formats by their names on the command line.
enum ListFormatName: String, CaseIterable, ExpressibleByArgument {
  case sha1, ntlm, credentials, words, csv

  var format: ListFormat {
    switch self {
    case .sha1: .lines(.sha1)
    case .ntlm: .lines(.ntlm)
    case .credentials: .lines(.credentials)
    case .words: .lines(.words)
    case .csv: .table
    }
  }
}

/// What happens at a line that is not of its format.
enum BadLineRule: String, CaseIterable, ExpressibleByArgument { case stop, skip }

extension LeakListKind: ExpressibleByArgument {}

/// The lists of a build.
struct LeakListOptions: ParsableArguments {
  @Option(help: "The work folder, which survives a kill and takes later lists.") var work: String
  @Option(
    help: """
      sha1 or ntlm (HASH:COUNT), credentials (user:password), words (one password a line) or csv (with a header); \
      default: csv for files named so, else the kind's own.
      """)
  var format: ListFormatName?
  @Option(help: "What labels call the source of lines that name none; default: the list's name.")
  var source: String?
  @Option(
    help: """
      stop or skip at a line that is not of its format; skipped ones are counted. Default: skip them, but stop where \
      they are more than the others.
      """)
  var onBadLine: BadLineRule?
  @Argument(
    help: "Lists, plain or gzip; a folder holds one file for each prefix of five digits; - is standard input."
  )
  var lists: [String]

  /// Hands every list to `add`: input, format, name, what happens at malformed lines, and who is told how far it is. Returns how
  /// many lists are new or went on.
  func read(
    _ kind: LeakListKind,
    _ add: (ListInput, ListFormat, String, MalformedLines, (LeakBuildProgress) -> Void)
      throws(LeakDatabaseError) -> Void
  ) throws -> Int {
    let rule: MalformedLines
    switch onBadLine {
    case .stop: rule = .refused
    case .skip: rule = .passedOver
    case nil: rule = .minority
    }
    var taken = 0
    for path in lists {
      var line = ProgressLine(path, unit: "lines")
      var last: LeakBuildProgress?
      do throws(LeakDatabaseError) {
        let input = ListInput(path: path)
        try add(input, format(of: path, kind), try name(of: path, input), rule) { progress in
          last = progress
          let total = progress.fraction.map { Double(progress.lines) / max($0, 1e-9) } ?? 0
          line.update(progress.lines, of: Int(total))
        }
      } catch { throw CommandFailure(building: error.named(path), from: path) }
      line.finish()
      tell(path, last)
      taken += last == nil ? 0 : 1
    }
    return taken
  }

  private func tell(_ path: String, _ last: LeakBuildProgress?) {
    guard let last else {
      note("\(path) is in this work folder already, and was passed over")
      return
    }
    note("\(path): \(counted(last.lines, "line"))")
    if last.malformed > 0 {
      let first = last.firstMalformed.map { grouped($0) }.joined(separator: ", ")
      note(
        "\(path): \(counted(last.malformed, "malformed line")) \(last.malformed == 1 ? "was" : "were") passed over"
          + (first.isEmpty ? "" : ": line \(first)\(last.malformed > last.firstMalformed.count ? ", …" : "")")
      )
    }
  }

  private func format(of path: String, _ kind: LeakListKind) -> ListFormat {
    if let format { return format.format }
    if [".csv", ".csv.gz"].contains(where: path.lowercased().hasSuffix) { return .table }
    return (ListFormatName(rawValue: kind.rawValue) ?? .sha1).format
  }

  /// Files of one name, length and beginning are one list: a build that was killed goes on in it.
  private func name(of path: String, _ input: ListInput) throws(LeakDatabaseError) -> String {
    guard path != "-" else { return "standard input" }
    let name = URL(filePath: path).lastPathComponent
    return try input.fingerprint().map { "\(name) (\($0))" } ?? name
  }

  /// What labels call a list.
  func label(_ name: String) -> String {
    source ?? name.replacing(#/ \(\d+ (bytes|files), [0-9a-f]{16}\)$/#, with: "")
  }
}

extension LeakDatabaseError {
  /// With a list's path in place of what the work folder calls it.
  fileprivate func named(_ path: String) -> Self {
    switch self {
    case .malformedLine(_, let line): .malformedLine(list: path, line: line)
    case .mostLinesMalformed(_, let malformed, let lines, let format):
      .mostLinesMalformed(list: path, malformed: malformed, lines: lines, format: format)
    case .unknownColumns: .unknownColumns(list: path)
    case .hashesAsPasswords: .hashesAsPasswords(list: path)
    default: self
    }
  }
}
#endif
