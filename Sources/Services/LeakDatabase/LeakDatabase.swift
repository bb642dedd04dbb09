import Foundation
import Glibc
import LabeledLookup
import ParameterFiles

/// A database as a daemon opens it: checked, its tables mapped. It holds no secret: the OPRF key is never in its folder.
public struct LeakDatabase: Sendable {
  /// What it is.
  public let manifest: DatabaseManifest
  /// The set of every table.
  public let parameters: LookupParameters
  /// One for each table.
  public let descriptions: [TableDescription]
  /// The table for batches; nil where there is none.
  public let batch: LeakBatchTable?
  private let tables: MappedFile

  static let (manifestName, tablesName, descriptionsName) = (
    "manifest.json", "tables.bin", "descriptions.bin"
  )
  static let (batchName, batchDescriptionName) = ("batch.bin", "batch-description.bin")

  /// Opens the database in the folder `path` and checks every byte of it.
  ///
  /// Throws `system`, `malformedManifest`, `parameters`, or `damaged` with the file that is not what the manifest says.
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
    tables = try Self.checked(manifest.tables, in: path)
    guard tables.count == manifest.buckets * parameters.tableByteCount else {
      throw .damaged(path: path + "/" + Self.tablesName)
    }
    descriptions = try Self.descriptions(manifest, parameters, in: path)
    batch = try manifest.batch.map { files throws(LeakDatabaseError) in
      try LeakBatchTable(files, in: path)
    }
  }

  static func checked(
    _ file: DatabaseManifest.File, in folder: String
  ) throws(LeakDatabaseError) -> MappedFile {
    let path = folder + "/" + file.name
    let mapped = try OpenFile(path, flags: O_RDONLY).mapped()
    guard mapped.count == file.bytes, mapped.checksum().hex == file.checksum else {
      throw .damaged(path: path)
    }
    return mapped
  }

  private static func descriptions(
    _ manifest: DatabaseManifest, _ parameters: LookupParameters, in folder: String
  ) throws(LeakDatabaseError) -> [TableDescription] {
    let mapped = try checked(manifest.descriptions, in: folder)
    let path = folder + "/" + manifest.descriptions.name
    guard mapped.count % manifest.buckets == 0 else { throw .damaged(path: path) }
    let size = mapped.count / manifest.buckets
    var descriptions: [TableDescription] = []
    for bucket in 0..<manifest.buckets {
      let bytes = mapped.bytes((bucket * size)..<((bucket + 1) * size))
      guard let description = try? TableDescription(decoding: bytes),
        description.parametersDigest == parameters.digest
      else { throw .damaged(path: path) }
      descriptions.append(description)
    }
    return descriptions
  }

  /// Whether nobody wrote to the tables or cut them since they were checked. Databases are never changed in place: nothing that is
  /// read from one that was is of any worth.
  public var isUnchanged: Bool { tables.isUnchanged && batch?.isUnchanged ?? true }

  /// Hands the table of a bucket to `body`: mapped memory, whose pages the kernel may drop and read again.
  public func withTable<R, E: Error>(
    _ bucket: Int, _ body: (RawSpan, TableDescription) throws(E) -> R
  ) throws(E) -> R {
    let size = parameters.tableByteCount
    return try tables.withBytes((bucket * size)..<((bucket + 1) * size)) { span throws(E) in
      try body(span, descriptions[bucket])
    }
  }
}

/// The table for batches of a database: checked and mapped like the others.
public struct LeakBatchTable: Sendable {
  /// Its set.
  public let parameters: BatchParameters
  /// What clients get.
  public let description: TableDescription
  private let table: MappedFile

  init(_ files: DatabaseManifest.Batch, in folder: String) throws(LeakDatabaseError) {
    guard files.table.name == LeakDatabase.batchName,
      files.description.name == LeakDatabase.batchDescriptionName
    else { throw .malformedManifest }
    do { parameters = try ParameterFiles.batch(named: files.parameterSet) } catch {
      throw .parameters(error)
    }
    table = try LeakDatabase.checked(files.table, in: folder)
    guard table.count == parameters.tableByteCount else {
      throw .damaged(path: folder + "/" + files.table.name)
    }
    let bytes = try LeakDatabase.checked(files.description, in: folder)
    guard let description = try? TableDescription(decoding: bytes.bytes(0..<bytes.count)),
      description.parametersDigest == parameters.digest, description.attempts.count == 1
    else { throw .damaged(path: folder + "/" + files.description.name) }
    self.description = description
  }

  /// Whether the table is as it was when it was checked.
  var isUnchanged: Bool { table.isUnchanged }

  /// Hands the table to `body`: mapped memory, whose pages the kernel may drop and read again.
  public func withTable<R, E: Error>(
    _ body: (RawSpan, TableDescription) throws(E) -> R
  ) throws(E) -> R {
    try table.withBytes(0..<table.count) { span throws(E) in try body(span, description) }
  }
}
