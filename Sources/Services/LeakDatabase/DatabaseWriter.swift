import Foundation
import Glibc
import LabeledLookup
import LeakCheck
import Secrets
import Tables

/// Turns a work store into a database.
struct DatabaseWriter {
  private let settings: LeakDatabaseSettings
  private let parameters: LookupParameters
  private let batch: BatchParameters?
  private let salt: [UInt8]
  private let publicKey: [UInt8]

  init(
    _ settings: LeakDatabaseSettings, _ parameters: LookupParameters, _ batch: BatchParameters?,
    salt: [UInt8], publicKey: [UInt8]
  ) {
    self.settings = settings
    self.parameters = parameters
    self.batch = batch
    self.salt = salt
    self.publicKey = publicKey
  }

  private static let newFile = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW

  /// Writes into `path`.partial and renames it.
  func write(
    _ work: borrowing WorkStore, paddingKey: borrowing SecretBytes,
    batchPaddingKey: borrowing SecretBytes, to path: String, threads: Int,
    progress: (_ done: Int, _ total: Int) -> Void
  ) throws(LeakDatabaseError) -> DatabaseManifest {
    guard !FileManager.default.fileExists(atPath: path) else { throw .exists(path: path) }
    let partial = path + ".partial"
    try PartialOutput.removeFolder(
      partial,
      holding: [
        LeakDatabase.tablesName, LeakDatabase.descriptionsName, LeakDatabase.batchName,
        LeakDatabase.batchDescriptionName, LeakDatabase.manifestName,
      ])
    do {
      try FileManager.default.createDirectory(atPath: partial, withIntermediateDirectories: true)
    } catch { throw .system(path: partial, errno: errno) }
    let tables = try OpenFile(partial + "/" + LeakDatabase.tablesName, flags: Self.newFile)
    let groups = parameters.literal.groups
    var attempts = [UInt8](repeating: 0, count: settings.buckets * groups)
    var counts = [Int](repeating: 0, count: settings.buckets)
    var batchItems = batch.map(BatchItems.init)
    let builder = PartitionBuilder(settings, parameters, batch, paddingKey: paddingKey.copy())
    // As many partitions at once as there are threads: most sets have one group in each.
    for start in stride(from: 0, to: work.state.partitions.count, by: threads) {
      let end = min(start + threads, work.state.partitions.count)
      for built in builder.build(start..<end, copy work, threads: threads) {
        let partition = try built.get()
        for part in partition.groups {
          try tables.write(part.group.bytes, at: part.unit * parameters.groupByteCount)
          attempts[part.unit] = part.group.attempt
          counts[part.unit / groups] += part.count
        }
        do throws(LookupError) {
          for item in partition.batchItems { try batchItems?.append(item.key, label: item.label) }
        } catch {
          throw .lookup(error)
        }
      }
      if let batch, let items = batchItems, items.keys.count > batch.literal.items {
        throw .tooManyBatchItems(items: items.keys.count, largest: batch.literal.items)
      }
      progress(end, work.state.partitions.count)
    }
    try tables.synchronize()
    let descriptions = counts.indices.flatMap { bucket in
      TableDescription(
        parametersDigest: parameters.digest, salt: salt,
        attempts: Array(attempts[(bucket * groups)..<((bucket + 1) * groups)])
      ).encoded()
    }
    try write(descriptions, partial, LeakDatabase.descriptionsName)
    if let batch, let items = batchItems {
      let builder = BatchTableBuilder(batch, paddingKey: batchPaddingKey.copy())
      let table: BatchTable
      do { table = try builder.build(items, salt: salt, threads: threads) } catch { throw .lookup(error) }
      try write(table.bytes, partial, LeakDatabase.batchName)
      try write(table.description.encoded(), partial, LeakDatabase.batchDescriptionName)
    }
    return try finish(partial, path, items: counts.reduce(0, +), sources: hasLabels ? work.state.sources : [])
  }

  /// Whether any table says where an item was seen: else nobody needs the names of sources, which say much of a list.
  private var hasLabels: Bool { parameters.labelByteCount > 0 || (batch?.labelByteCount ?? 0) > 0 }

  private func write(_ bytes: [UInt8], _ folder: String, _ name: String) throws(LeakDatabaseError) {
    let file = try OpenFile(folder + "/" + name, flags: Self.newFile)
    try file.write(bytes, at: 0)
    try file.synchronize()
  }

  /// The manifest last, then the folder's name.
  private func finish(
    _ partial: String, _ path: String, items: Int, sources: [String]
  ) throws(LeakDatabaseError) -> DatabaseManifest {
    func file(_ name: String) throws(LeakDatabaseError) -> DatabaseManifest.File {
      let file = try OpenFile(partial + "/" + name, flags: O_RDONLY)
      return DatabaseManifest.File(
        name: name, bytes: try file.byteCount(), checksum: try file.checksum().hex)
    }
    var batchFiles: DatabaseManifest.Batch?
    if let set = settings.batchSet {
      batchFiles = .init(
        parameterSet: set, table: try file(LeakDatabase.batchName),
        description: try file(LeakDatabase.batchDescriptionName))
    }
    let manifest = DatabaseManifest(
      format: 1, name: settings.name, kind: settings.kind, isPrivate: settings.isPrivate,
      parameterSet: settings.parameterSet, buckets: settings.buckets, items: items, sources: sources,
      publicKey: publicKey.hex, tables: try file(LeakDatabase.tablesName),
      descriptions: try file(LeakDatabase.descriptionsName), batch: batchFiles
    ).sealed()
    do {
      var output = try OutputFile(path: partial + "/" + LeakDatabase.manifestName)
      try output.write(manifest.fileBytes)
      try output.commit()
    } catch { throw .list(error) }
    guard unsafe rename(partial, path) == 0 else { throw .system(path: path, errno: errno) }
    return manifest
  }
}
