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

/// What is built; the work folder keeps it.
public struct LeakDatabaseSettings: Codable, Sendable, Hashable {
  /// The name of this version: another one gives other salts.
  public var name: String
  /// What it lists.
  public var kind: LeakListKind
  /// A set of `ParameterFiles.lookupNames`.
  public var parameterSet: String
  /// Tables, by users' names; 1 for lists of passwords.
  public var buckets: Int

  /// Whether the lists are not published.
  public var isPrivate: Bool
  /// A set for batches, of which another table of all items is made; nil for none.
  public var batchSet: String?

  /// Takes all of them.
  public init(
    name: String, kind: LeakListKind, parameterSet: String, buckets: Int = 1, isPrivate: Bool = false,
    batchSet: String? = nil
  ) {
    self.name = name
    self.kind = kind
    self.parameterSet = parameterSet
    self.buckets = buckets
    self.isPrivate = isPrivate
    self.batchSet = batchSet
  }

  /// What the build in a work folder was begun with. Throws `system`, `damaged`, and `noDatabaseWork` for the work of a range file and
  /// where there is none.
  public init(ofWork folder: String) throws(LeakDatabaseError) {
    let state: WorkState
    do throws(LeakDatabaseError) { state = try WorkStore.state(in: folder) } catch {
      if case .system(_, ENOENT) = error { throw .noDatabaseWork }
      throw error
    }
    guard let settings = state.settings else { throw .noDatabaseWork }
    self = settings
  }
}

/// Builds databases from lists: streaming, with bounded memory, from where a killed build stopped. Its output depends on the
/// settings, the lists and the key alone, not on threads or interruptions.
public struct LeakDatabaseBuilder: ~Copyable {
  private let settings: LeakDatabaseSettings
  private let parameters: LookupParameters
  private let server: PRFServer
  private let salt: [UInt8]
  private let paddingKey: SecretBytes
  private let batchPaddingKey: SecretBytes
  private let batch: BatchParameters?
  private var work: WorkStore

  /// Begins a build in the folder `work`, or goes on with it. Throws `parameters`, `otherWork`, `wrongFormat` for buckets of a
  /// list of passwords, batches over buckets or a number of buckets that is no power of two, and `system`.
  public init(
    _ settings: LeakDatabaseSettings, key: consuming PRFSecretKey, work: String
  ) throws(LeakDatabaseError) {
    guard
      settings.buckets == 1
        || (settings.kind == .credentials && settings.buckets > 1 && settings.batchSet == nil),
      settings.buckets & (settings.buckets - 1) == 0
    else { throw .wrongFormat }
    let parameters: LookupParameters
    var batch: BatchParameters?
    do {
      parameters = try ParameterFiles.lookup(named: settings.parameterSet)
      if let name = settings.batchSet { batch = try ParameterFiles.batch(named: name) }
    } catch { throw .parameters(error) }
    let fields = [settings.name, settings.kind.rawValue, settings.parameterSet, "\(settings.buckets)"]
    let identity = SHA256.hash(Array(fields.joined(separator: "\0").utf8) + key.publicKey.bytes)
    let number = identity.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    var stream = RandomStream(key: key.encoded(), stream: number)
    let salt = unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, initialized in
      unsafe stream.fill(UnsafeMutableRawBufferPointer(buffer))
      initialized = 32
    }
    func nextKey() -> SecretBytes {
      unsafe SecretBytes(count: RandomStream.keyByteCount) { buffer in
        unsafe stream.fill(UnsafeMutableRawBufferPointer(buffer))
      }
    }
    let paddingKey = nextKey()
    let batchPaddingKey = nextKey()
    let units = settings.buckets * parameters.literal.groups
    let work = try WorkStore(
      folder: work, identity: identity.hex, settings: settings, partitions: min(units, 256))
    self.init(
      settings, parameters, batch, PRFServer(key: key, mode: .verifiable), salt: salt,
      paddingKey: paddingKey, batchPaddingKey: batchPaddingKey, work: work)
  }

  private init(
    _ settings: LeakDatabaseSettings, _ parameters: LookupParameters, _ batch: BatchParameters?,
    _ server: consuming PRFServer, salt: [UInt8], paddingKey: consuming SecretBytes,
    batchPaddingKey: consuming SecretBytes, work: consuming WorkStore
  ) {
    self.settings = settings
    self.parameters = parameters
    self.batch = batch
    self.server = server
    self.salt = salt
    self.paddingKey = paddingKey
    self.batchPaddingKey = batchPaddingKey
    self.work = work
  }

  private var units: Int { settings.buckets * parameters.literal.groups }
  private var partitions: Int { work.state.partitions.count }

  /// Adds a list under its `name`: one that is there already, in part, is taken up where it was left, and one that is there as
  /// a whole is passed over. Labels name the source that a line names itself, else `source`, by default the list's name; of private
  /// lists `source` alone, since everybody who asks learns the names of sources.
  ///
  /// Lines that are not of the format end it as `malformed` says, with `malformedLine` or `mostLinesMalformed`; of such a list
  /// nothing is recorded since the last checkpoint. Throws also `list`, `utf16`, `hashesAsPasswords`, `wrongFormat`, `unknownColumns`,
  /// `noPrefixFile`, `folderOfHashes`, `tooManySources`, `standardInputAgain` and `system`.
  public mutating func add(
    _ input: ListInput, format: ListFormat, name: String, source: String? = nil,
    malformed: MalformedLines = .minority, threads: Int = ParallelLoops.processorCount,
    progress: (LeakBuildProgress) -> Void = { _ in }
  ) throws(LeakDatabaseError) {
    if case .lines(let format) = format, !settings.kind.takes(format) { throw .wrongFormat }
    guard var list = try work.begin(name, input) else { return }
    var feed = try ListFeed(input, format, of: settings.kind, list: list)
    while let batch = try feed.next(threads: threads) {
      do throws(LeakDatabaseError) {
        try feed.check(malformed, name, format)
        try feed.checkPasswords(malformed, name)
        try ingest(batch, source: source ?? (settings.isPrivate ? "" : name), threads: threads)
      } catch {
        work.dropPending()
        throw error
      }
      if feed.isCheckpointDue {
        feed.note(in: &list)
        try work.checkpoint(list)
      }
      progress(feed.report)
    }
  }

  private mutating func ingest(
    _ lines: [SourcedLine], source: String, threads: Int
  ) throws(LeakDatabaseError) {
    let outputs: [[UInt8]]
    do { outputs = try server.outputs(of: lines.map(\.line.entry.input)) } catch {
      // Only an input that hashes to the identity is refused, which nobody finds.
      throw .wrongFormat
    }
    let salt = salt
    let keys = ParallelLoops.map(count: outputs.count, chunksOf: 256, threads: threads) {
      ItemKey(output: outputs[$0], salt: salt)
    }
    let groups = parameters.literal.groups
    for (line, key) in zip(lines, keys) {
      let bucket = line.line.user?.bucket(of: settings.buckets) ?? 0
      let unit = bucket * groups + key.group(below: groups)
      // Every asker learns the names of sources: those of a private list are given by hand.
      let number = try work.number(ofSource: settings.isPrivate ? source : line.source ?? source)
      work.append(
        WorkRecord(
          unit: UInt32(unit), key: key, count: UInt32(clamping: line.line.count), source: number),
        to: unit * partitions / units)
    }
  }

  /// The number of lists in the work folder.
  public var listCount: Int { work.state.lists.count }

  /// Whether a database was written since the last list: false where a build was killed before that.
  public var isWritten: Bool { work.isWritten }

  /// Writes the database into the new folder `path`, which appears complete or not at all. The work folder stays, for a
  /// later list. `name` is what the version is called; by default as its settings say.
  ///
  /// The salt stays from version to version, since the work folder keeps items by their salted keys; the padding is new in each. Whoever has
  /// collected three versions can tell which columns have new items, and nothing of the items. `progress` gets parts of the work.
  ///
  /// Throws `noItems`, `unfinishedList`, `exists`, `lookup`, `tooManyBatchItems` and `system`.
  public borrowing func finish(
    to path: String, name: String? = nil, threads: Int = ParallelLoops.processorCount,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws(LeakDatabaseError) -> DatabaseManifest {
    guard !work.isEmpty else { throw .noItems }
    try work.checkFinished()
    var named = settings
    if let name { named.name = name }
    let manifest = try DatabaseWriter(
      named, parameters, batch, salt: salt, publicKey: server.publicKey.bytes
    ).write(
      work, paddingKey: ofVersion(paddingKey), batchPaddingKey: ofVersion(batchPaddingKey), to: path,
      threads: threads, progress: progress)
    try work.noteWritten()
    return manifest
  }

  /// A key for what the work folder holds now.
  private borrowing func ofVersion(_ key: borrowing SecretBytes) -> SecretBytes {
    var stream = RandomStream(key: key.copy(), stream: work.versionNumber)
    return unsafe SecretBytes(count: RandomStream.keyByteCount) { buffer in
      unsafe stream.fill(UnsafeMutableRawBufferPointer(buffer))
    }
  }
}
