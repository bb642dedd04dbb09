import LeakCheck
import ParallelLoops
import Tables

/// How a list is written.
public enum ListFormat: Sendable, Hashable {
  /// One entry on each line.
  case lines(LeakFormat)
  /// CSV with a header. Credentials need columns for user and password, lists of passwords one for `hash` or `password`; columns
  /// for `count` and `source` may follow.
  case table
}

extension ListFormat {
  /// What its lines are, and which format was probably meant where they are not.
  var explanation: String {
    switch self {
    case .lines(.sha1), .lines(.ntlm):
      "HASH:COUNT. If each line is a password, give --format words; if the first line is a header, --format csv."
    case .lines(.credentials): "user:password. If the first line is a header, give --format csv."
    case .lines(.words):
      "a password of at most 4,096 bytes without zeros. If the list holds hashes, give --format sha1 or --format ntlm."
    case .table:
      "a record like the header. If there is no header, give the format of its lines with --format."
    }
  }
}

/// What a build does at lines that are not of their format.
public enum MalformedLines: Sendable, Hashable {
  /// It ends.
  case refused
  /// It passes them over, but ends where they are more than the others.
  case minority
  /// It passes them over as long as there is any other.
  case passedOver
}

/// How far a list is read.
public struct LeakBuildProgress: Sendable, Hashable {
  /// Lines, malformed and empty ones included.
  public var lines = 0
  /// Empty lines, which are nothing.
  public var empty = 0
  /// Lines that were passed over.
  public var malformed = 0
  /// The numbers of the first few of those.
  public var firstMalformed: [Int] = []
  /// Which part of the list that is, in 0…1; nil where nobody knows.
  public var fraction: Double?
}

/// One line, and the source that it names itself.
struct SourcedLine: Sendable {
  var line: LeakLine
  var source: String?
}

/// The entries of a list in batches, from where a killed build stopped.
struct ListFeed: ~Copyable {
  private enum Parsed: Sendable {
    case entry(SourcedLine)
    case empty
    case malformed
  }
  /// Passwords of this list that look like lines of hashes.
  private var hashes = 0
  private enum Parser: Sendable {
    case lines(LeakFormat)
    case table(BreachTable)
  }

  private(set) var report: LeakBuildProgress
  private var lines: ListLines
  private let parser: Parser
  /// Lines before the first entry.
  private let headerLines: Int
  private var isMore = true
  private var linesAtCheckpoint: Int

  /// Lines that go through the PRF at once, and lines between two checkpoints.
  private static let (batch, checkpoint) = (16_384, 262_144)

  /// Throws `list`, `utf16`, `noPrefixFile`, `folderOfHashes` and `unknownColumns`.
  init(
    _ input: ListInput, _ format: ListFormat, of kind: LeakListKind = .sha1, list: WorkState.List
  ) throws(LeakDatabaseError) {
    if case .folder = input, ![.lines(.sha1), .lines(.ntlm)].contains(format) { throw .folderOfHashes }
    var lines = try ListLines(input)
    let parser: Parser
    var read = 0
    switch format {
    case .lines(let format): parser = .lines(format)
    case .table:
      var header: [UInt8] = []
      guard try lines.next(&header), let table = BreachTable(header: header, kind: kind) else {
        throw .unknownColumns(list: list.name)
      }
      parser = .table(table)
      read = 1
    }
    var line: [UInt8] = []
    let start = read
    while read < list.lines, try lines.next(&line) { read += 1 }
    self.init(
      lines, parser, headerLines: start,
      LeakBuildProgress(
        lines: max(list.lines, start), empty: list.empty ?? 0, malformed: list.malformed),
      linesAtCheckpoint: list.lines)
  }

  private init(
    _ lines: consuming ListLines, _ parser: Parser, headerLines: Int, _ report: LeakBuildProgress,
    linesAtCheckpoint: Int
  ) {
    self.lines = lines
    self.parser = parser
    self.headerLines = headerLines
    self.report = report
    self.linesAtCheckpoint = linesAtCheckpoint
  }

  /// The next entries; nil at the end. Lines with the count 0 pad answers of the range API and are dropped.
  mutating func next(threads: Int) throws(LeakDatabaseError) -> [SourcedLine]? {
    guard isMore else { return nil }
    var batch: [[UInt8]] = []
    var line: [UInt8] = []
    while batch.count < Self.batch {
      isMore = try lines.next(&line)
      guard isMore else { break }
      batch.append(line)
    }
    let (read, parser) = (batch, parser)
    let parsed = ParallelLoops.map(count: read.count, chunksOf: 64, threads: threads) {
      Self.parse(read[$0], parser)
    }
    var entries: [SourcedLine] = []
    entries.reserveCapacity(parsed.count)
    // Of credentials too: HASH:COUNT would be users with numbers for passwords.
    switch parser {
    case .lines(.words), .lines(.credentials): hashes += read.count { Self.looksHashed($0) }
    default: break
    }
    for (index, line) in parsed.enumerated() {
      switch line {
      case .entry(let entry): if entry.line.count > 0 { entries.append(entry) }
      case .empty: report.empty += 1
      case .malformed:
        report.malformed += 1
        if report.firstMalformed.count < 5 { report.firstMalformed.append(report.lines + index + 1) }
      }
    }
    report.lines += read.count
    report.fraction = lines.total == 0 ? nil : Double(lines.done) / Double(lines.total)
    return entries
  }

  /// Whether a line is one of a list of hashes by SHA-1 or NTLM.
  private static func looksHashed(_ line: [UInt8]) -> Bool {
    let digits = line.prefix(40).prefix { (0x30...0x39).contains($0) || (0x41...0x46).contains($0 & 0xDF) }
      .count
    let rest = line.dropFirst(digits).first
    return (digits == 40 || digits == 32)
      && (rest == nil || rest == UInt8(ascii: ":") || rest == UInt8(ascii: "\r"))
  }

  private static func parse(_ line: [UInt8], _ parser: Parser) -> Parsed {
    if line.isEmpty || line == [UInt8(ascii: "\r")] { return .empty }
    let entry: SourcedLine? =
      switch parser {
      case .lines(let format):
        (try? LeakLine(parsing: line[...], as: format)).map { SourcedLine(line: $0) }
      case .table(let table): table.line(line)
      }
    return entry.map(Parsed.entry) ?? .malformed
  }

  /// Whether enough was read, or all of it.
  var isCheckpointDue: Bool { !isMore || report.lines - linesAtCheckpoint >= Self.checkpoint }

  /// Notes in `list` how far it is read.
  mutating func note(in list: inout WorkState.List) {
    (list.lines, list.empty, list.malformed) = (report.lines, report.empty, report.malformed)
    list.isDone = !isMore
    linesAtCheckpoint = report.lines
  }

  /// Throws `malformedLine` and `mostLinesMalformed` where the lines so far are not as `rule` wants them; a list is judged where it
  /// would be recorded.
  func check(_ rule: MalformedLines, _ name: String, _ format: ListFormat) throws(LeakDatabaseError) {
    if rule == .refused, report.malformed > 0 {
      throw .malformedLine(list: name, line: report.firstMalformed.first ?? 0)
    }
    let entries = report.lines - headerLines - report.empty
    let good = entries - report.malformed
    guard isCheckpointDue, good == 0 || (rule != .passedOver && report.malformed > good) else { return }
    throw .mostLinesMalformed(list: name, malformed: report.malformed, lines: entries, format: format)
  }

  /// Throws `hashesAsPasswords` where most passwords so far look like hashes: their database would call everything clean.
  func checkPasswords(_ rule: MalformedLines, _ name: String) throws(LeakDatabaseError) {
    let good = report.lines - headerLines - report.empty - report.malformed
    if isCheckpointDue, rule != .passedOver, 2 * hashes > good { throw .hashesAsPasswords(list: name) }
  }
}
