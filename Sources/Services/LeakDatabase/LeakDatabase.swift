import Foundation
import Glibc
import LabeledLookup
import ParameterFiles

/// A database as a daemon opens it: checked. One table is in memory; of many, each is read where it is asked. It holds no secret: the OPRF key is never in its folder.
public struct LeakDatabase: Sendable {
  /// What it is.
  public let manifest: DatabaseManifest
  /// The set of every table.
  public let parameters: LookupParameters
  /// One for each table.
  public let descriptions: [TableDescription]
  /// The table for batches; nil where there is none.
  public let batch: LeakBatchTable?
  private let tables: Tables

  private enum Tables {
    case loaded(LoadedTable)
    case kept(KeptFile)
  }

  static let (manifestName, tablesName, descriptionsName) = (
    "manifest.json", "tables.bin", "descriptions.bin"
  )
  static let (batchName, batchDescriptionName) = ("batch.bin", "batch-description.bin")

  /// Opens the database in the folder `path` and checks every byte of it.
  ///
  /// Throws `system`, `malformedManifest`, `parameters`, `zeroed`, or `damaged` with the file that is not what the manifest says.
  public init(path: String) throws(LeakDatabaseError) {
    let manifestFile = try OpenFile(path + "/" + Self.manifestName, flags: O_RDONLY)
    let length = try manifestFile.byteCount()
    guard length <= 16 << 20 else { throw .malformedManifest }
    let manifest = try DatabaseManifest(file: try manifestFile.read(length, at: 0))
    guard manifest.format == 1, (1...1_048_576).contains(manifest.buckets),
      manifest.tables.name == Self.tablesName, manifest.descriptions.name == Self.descriptionsName
    else { throw .malformedManifest }
    self.manifest = manifest
    do { parameters = try ParameterFiles.lookup(named: manifest.parameterSet) } catch {
      throw .parameters(error)
    }
    guard manifest.tables.bytes == manifest.buckets * parameters.tableByteCount else {
      throw .damaged(path: path + "/" + Self.tablesName)
    }
    tables =
      manifest.buckets == 1
      ? .loaded(try Self.loaded(manifest.tables, in: path)) : .kept(try Self.kept(manifest.tables, in: path))
    descriptions = try Self.descriptions(manifest, parameters, in: path)
    batch = try manifest.batch.map { files throws(LeakDatabaseError) in
      try LeakBatchTable(files, in: path)
    }
  }

  /// The table of a file, checked.
  static func loaded(
    _ file: DatabaseManifest.File, in folder: String
  ) throws(LeakDatabaseError) -> LoadedTable {
    let open = try OpenFile(folder + "/" + file.name, flags: O_RDONLY)
    return try LoadedTable.loading(open, count: file.bytes, checksum: file.checksum)
  }

  /// A file of many tables, checked.
  private static func kept(
    _ file: DatabaseManifest.File, in folder: String
  ) throws(LeakDatabaseError) -> KeptFile {
    let open = try OpenFile(folder + "/" + file.name, flags: O_RDONLY)
    // Before its bytes are read: what changes meanwhile is noticed later.
    let kept = try open.kept()
    guard kept.count == file.bytes else { throw .damaged(path: open.path) }
    var zeros = ZeroRuns()
    guard try open.checksum({ zeros.read($0) }).hex == file.checksum else { throw .damaged(path: open.path) }
    guard !zeros.isFound else { throw .zeroed(path: open.path) }
    return kept
  }

  /// All bytes of a file that fits into memory, checked.
  static func bytes(
    _ file: DatabaseManifest.File, in folder: String
  ) throws(LeakDatabaseError) -> [UInt8] {
    let open = try OpenFile(folder + "/" + file.name, flags: O_RDONLY)
    guard try open.byteCount() == file.bytes else { throw .damaged(path: open.path) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(file.bytes)
    guard try open.checksum({ bytes += $0 }).hex == file.checksum else { throw .damaged(path: open.path) }
    return bytes
  }

  private static func descriptions(
    _ manifest: DatabaseManifest, _ parameters: LookupParameters, in folder: String
  ) throws(LeakDatabaseError) -> [TableDescription] {
    let all = try bytes(manifest.descriptions, in: folder)
    let path = folder + "/" + manifest.descriptions.name
    guard all.count % manifest.buckets == 0 else { throw .damaged(path: path) }
    let size = all.count / manifest.buckets
    var descriptions: [TableDescription] = []
    for bucket in 0..<manifest.buckets {
      let bytes = Array(all[(bucket * size)..<((bucket + 1) * size)])
      guard let description = try? TableDescription(decoding: bytes),
        description.parametersDigest == parameters.digest
      else { throw .damaged(path: path) }
      descriptions.append(description)
    }
    return descriptions
  }

  /// Whether what is read is what was checked: not where somebody wrote to a file of many tables or cut it. Databases are never
  /// changed in place: nothing that is read from one that was is of any worth.
  public var isUnchanged: Bool {
    switch tables {
    case .loaded: true
    case .kept(let file): file.isUnchanged
    }
  }

  /// Hands the table of a bucket to `body`, as it was when it was checked; nil where it cannot be read as such any more.
  public func withTable<R, E: Error>(
    _ bucket: Int, _ body: (RawSpan, TableDescription) throws(E) -> R
  ) throws(E) -> R? {
    switch tables {
    case .loaded(let table):
      return try table.withBytes { span throws(E) in try body(span, descriptions[bucket]) }
    case .kept(let file):
      let size = parameters.tableByteCount
      return try file.withBytes((bucket * size)..<((bucket + 1) * size)) { span throws(E) in
        try body(span, descriptions[bucket])
      }
    }
  }
}

/// The table for batches of a database: checked, and in memory.
public struct LeakBatchTable: Sendable {
  /// Its set.
  public let parameters: BatchParameters
  /// What clients get.
  public let description: TableDescription
  private let table: LoadedTable

  init(_ files: DatabaseManifest.Batch, in folder: String) throws(LeakDatabaseError) {
    guard files.table.name == LeakDatabase.batchName,
      files.description.name == LeakDatabase.batchDescriptionName
    else { throw .malformedManifest }
    do { parameters = try ParameterFiles.batch(named: files.parameterSet) } catch {
      throw .parameters(error)
    }
    guard files.table.bytes == parameters.tableByteCount else {
      throw .damaged(path: folder + "/" + files.table.name)
    }
    table = try LeakDatabase.loaded(files.table, in: folder)
    let bytes = try LeakDatabase.bytes(files.description, in: folder)
    guard let description = try? TableDescription(decoding: bytes),
      description.parametersDigest == parameters.digest, description.attempts.count == 1
    else { throw .damaged(path: folder + "/" + files.description.name) }
    self.description = description
  }

  /// Hands the table to `body`.
  public func withTable<R, E: Error>(
    _ body: (RawSpan, TableDescription) throws(E) -> R
  ) throws(E) -> R {
    try table.withBytes { span throws(E) in try body(span, description) }
  }
}
