// Fence: the salt and the padding key are drawn from a stream into arrays.
import Foundation
import LabeledLookup
import LeakCheck
import ObliviousPRF
import ParallelLoops
import ParameterFiles
import Primitives
import Secrets
import Tables

/// What is built.
public struct LeakDatabaseSettings: Sendable, Hashable {
  /// The name of this version: another one gives other salts.
  public var name: String
  /// What it lists.
  public var kind: LeakListKind
  /// A set of `ParameterFiles.lookupNames`.
  public var parameterSet: String
  /// Tables, by users' names; 1 for lists of passwords.
  public var buckets: Int

  /// Takes all of them.
  public init(name: String, kind: LeakListKind, parameterSet: String, buckets: Int = 1) {
    self.name = name
    self.kind = kind
    self.parameterSet = parameterSet
    self.buckets = buckets
  }
}

/// How far a list is read.
public struct LeakBuildProgress: Sendable, Hashable {
  /// Lines, malformed ones included.
  public var lines = 0
  /// Lines that were passed over.
  public var malformed = 0
  /// The numbers of the first few of those.
  public var firstMalformed: [Int] = []
}

/// Builds databases from lists: streaming, with bounded memory, from where a killed build stopped. Its output depends on the
/// settings, the lists and the key alone, not on threads or interruptions.
public struct LeakDatabaseBuilder: ~Copyable {
  private let settings: LeakDatabaseSettings
  private let parameters: LookupParameters
  private let server: PRFServer
  private let salt: [UInt8]
  private let paddingKey: SecretBytes
  private var work: WorkStore

  /// Lines that go through the PRF at once, and lines between two checkpoints.
  private static let (batch, checkpoint) = (16_384, 262_144)

  /// Begins a build in the folder `work`, or goes on with it. Throws `parameters`, `otherWork`, `wrongFormat` for buckets of a
  /// list of passwords, and `system`.
  public init(
    _ settings: LeakDatabaseSettings, key: consuming PRFSecretKey, work: String
  ) throws(LeakDatabaseError) {
    guard settings.buckets == 1 || (settings.kind == .credentials && settings.buckets > 1) else {
      throw .wrongFormat
    }
    let parameters: LookupParameters
    do { parameters = try ParameterFiles.lookup(named: settings.parameterSet) } catch {
      throw .parameters(error)
    }
    let fields = [settings.name, settings.kind.rawValue, settings.parameterSet, "\(settings.buckets)"]
    let identity = SHA256.hash(Array(fields.joined(separator: "\0").utf8) + key.publicKey.bytes)
    let number = identity.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    var stream = RandomStream(key: key.encoded(), stream: number)
    let salt = unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, initialized in
      unsafe stream.fill(UnsafeMutableRawBufferPointer(buffer))
      initialized = 32
    }
    var paddingKey = SecretBytes(count: RandomStream.keyByteCount)
    unsafe paddingKey.withUnsafeMutableBufferPointer { buffer in
      unsafe stream.fill(UnsafeMutableRawBufferPointer(buffer))
    }
    let units = settings.buckets * parameters.literal.groups
    let work = try WorkStore(folder: work, identity: identity.hex, partitions: min(units, 256))
    self.init(
      settings, parameters, PRFServer(key: key, mode: .verifiable), salt: salt, paddingKey: paddingKey,
      work: work)
  }

  private init(
    _ settings: LeakDatabaseSettings, _ parameters: LookupParameters, _ server: consuming PRFServer,
    salt: [UInt8], paddingKey: consuming SecretBytes, work: consuming WorkStore
  ) {
    self.settings = settings
    self.parameters = parameters
    self.server = server
    self.salt = salt
    self.paddingKey = paddingKey
    self.work = work
  }

  private var units: Int { settings.buckets * parameters.literal.groups }
  private var partitions: Int { work.state.partitions.count }

  /// Adds a list under the name of its source; a list that is there already, whole or in part, is taken up where it was left.
  ///
  /// More than `allowedMalformed` malformed lines end the build with `tooManyMalformedLines`. Throws also `list`,
  /// `wrongFormat`, `tooManySources` and `system`.
  public mutating func add(
    _ source: consuming ByteSource, format: LeakFormat, name: String, prefix: String = "",
    allowedMalformed: Int = .max, threads: Int = ParallelLoops.processorCount,
    progress: (LeakBuildProgress) -> Void = { _ in }
  ) throws(LeakDatabaseError) {
    guard settings.kind.takes(format) else { throw .wrongFormat }
    let known = work.state.lists.firstIndex { $0.source == name }
    let place = known ?? work.state.lists.count
    guard place <= Int(UInt16.max) else { throw .tooManySources }
    var list =
      known.map { work.state.lists[$0] }
      ?? WorkState.List(source: name, lines: 0, malformed: 0, isDone: false)
    guard !list.isDone else { return }
    var reader = LineReader(source, longest: LeakLine.longestLine)
    var report = LeakBuildProgress(lines: list.lines, malformed: list.malformed)
    try skip(list.lines, of: &reader)
    var isMore = true
    while isMore {
      let lines = try read(&reader, &isMore)
      try ingest(lines, format, prefix, source: UInt16(place), &report, threads: threads)
      if report.malformed > allowedMalformed {
        throw .tooManyMalformedLines(list: name, line: report.firstMalformed.first ?? 0)
      }
      list.isDone = !isMore
      if list.isDone || report.lines - list.lines >= Self.checkpoint {
        (list.lines, list.malformed) = (report.lines, report.malformed)
        try work.checkpoint(list, at: place)
      }
      progress(report)
    }
  }

  private func skip(_ count: Int, of reader: inout LineReader) throws(LeakDatabaseError) {
    var line: [UInt8] = []
    do throws(TableError) { for _ in 0..<count where try !reader.next(&line) { return } } catch {
      throw .list(error)
    }
  }

  private func read(_ reader: inout LineReader, _ isMore: inout Bool) throws(LeakDatabaseError) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var line: [UInt8] = []
    do throws(TableError) {
      while lines.count < Self.batch {
        isMore = try reader.next(&line)
        guard isMore else { break }
        lines.append(line)
      }
    } catch { throw .list(error) }
    return lines
  }

  private mutating func ingest(
    _ lines: [[UInt8]], _ format: LeakFormat, _ prefix: String, source: UInt16,
    _ report: inout LeakBuildProgress, threads: Int
  ) throws(LeakDatabaseError) {
    let parsed = ParallelLoops.map(count: lines.count, chunksOf: 64, threads: threads) {
      try? LeakLine(parsing: lines[$0][...], as: format, prefix: prefix)
    }
    for (index, line) in parsed.enumerated() where line == nil {
      report.malformed += 1
      if report.firstMalformed.count < 5 { report.firstMalformed.append(report.lines + index + 1) }
    }
    report.lines += lines.count
    let entries = parsed.compactMap { $0 }
    let outputs: [[UInt8]]
    do { outputs = try server.outputs(of: entries.map(\.entry.input)) } catch {
      // Only an input that hashes to the identity is refused, which nobody finds.
      throw .wrongFormat
    }
    let salt = salt
    let keys = ParallelLoops.map(count: outputs.count, chunksOf: 256, threads: threads) {
      ItemKey(output: outputs[$0], salt: salt)
    }
    let groups = parameters.literal.groups
    for (entry, key) in zip(entries, keys) {
      let bucket = entry.user?.bucket(of: settings.buckets) ?? 0
      let unit = bucket * groups + key.group(below: groups)
      work.append(
        WorkRecord(unit: UInt32(unit), key: key, count: UInt32(clamping: entry.count), source: source),
        to: unit * partitions / units)
    }
  }

  /// Writes the database into the new folder `path`, which appears complete or not at all. The work folder stays, for a
  /// later list. Throws `exists`, `lookup` and `system`.
  public borrowing func finish(
    to path: String, threads: Int = ParallelLoops.processorCount
  ) throws(LeakDatabaseError) -> DatabaseManifest {
    try DatabaseWriter(settings, parameters, salt: salt, publicKey: server.publicKey.bytes)
      .write(work, paddingKey: paddingKey, to: path, threads: threads)
  }
}
