import Foundation
import Glibc
import LabeledLookup
import LeakCheck
import ParallelLoops
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

  /// Writes into `path`.partial and renames it.
  func write(
    _ work: borrowing WorkStore, paddingKey: borrowing SecretBytes,
    batchPaddingKey: borrowing SecretBytes, to path: String, threads: Int
  ) throws(LeakDatabaseError) -> DatabaseManifest {
    guard !FileManager.default.fileExists(atPath: path) else { throw .exists(path: path) }
    let partial = path + ".partial"
    try? FileManager.default.removeItem(atPath: partial)
    do {
      try FileManager.default.createDirectory(atPath: partial, withIntermediateDirectories: true)
    } catch { throw .system(path: partial, errno: errno) }
    let tables = try OpenFile(partial + "/" + LeakDatabase.tablesName, flags: O_RDWR | O_CREAT | O_TRUNC)
    let groups = parameters.literal.groups
    var attempts = [UInt8](repeating: 0, count: settings.buckets * groups)
    var counts = [Int](repeating: 0, count: settings.buckets)
    var batchItems = batch.map(BatchItems.init)
    for partition in work.state.partitions.indices {
      let lists = try units(of: partition, partitions: work.state.partitions.count, work, &batchItems)
      for (unit, group, count) in try build(lists, paddingKey, threads: threads) {
        try tables.write(group.bytes, at: unit * parameters.groupByteCount)
        attempts[unit] = group.attempt
        counts[unit / groups] += count
      }
    }
    try tables.synchronize()
    let descriptions = counts.indices.flatMap { bucket in
      TableDescription(
        parametersDigest: parameters.digest, salt: salt,
        attempts: Array(attempts[(bucket * groups)..<((bucket + 1) * groups)]),
        itemCount: UInt64(counts[bucket])
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
    return try finish(partial, path, items: counts.reduce(0, +), sources: work.state.sources)
  }

  private func write(_ bytes: [UInt8], _ folder: String, _ name: String) throws(LeakDatabaseError) {
    let file = try OpenFile(folder + "/" + name, flags: O_RDWR | O_CREAT | O_TRUNC)
    try file.write(bytes, at: 0)
    try file.synchronize()
  }

  /// The items of every unit of a partition, equal ones merged, in order.
  private func units(
    of partition: Int, partitions: Int, _ work: borrowing WorkStore, _ batchItems: inout BatchItems?
  ) throws(LeakDatabaseError) -> [(unit: Int, items: LookupItems)] {
    let units = settings.buckets * parameters.literal.groups
    let records = try work.records(partition).sorted {
      ($0.unit, $0.key, $0.source) < ($1.unit, $1.key, $1.source)
    }
    var lists = (0..<units).filter { $0 * partitions / units == partition }
      .map { (unit: $0, items: LookupItems(parameters)) }
    var index = 0
    while index < records.count {
      let first = records[index]
      var count: UInt64 = 0
      while index < records.count, records[index].unit == first.unit, records[index].key == first.key {
        count += UInt64(records[index].count)
        index += 1
      }
      let place = Int(first.unit) - (lists.first?.unit ?? 0)
      let label = LeakLabel(count: count, source: first.source).bytes
      do throws(LookupError) {
        try lists[place].items.append(first.key, label: parameters.labelByteCount == 0 ? [] : label)
        try batchItems?.append(first.key, label: batch?.labelByteCount == 0 ? [] : label)
      } catch { throw .lookup(error) }
    }
    if let batch, let items = batchItems, items.keys.count > batch.literal.items {
      throw .tooManyBatchItems(items: items.keys.count, largest: batch.literal.items)
    }
    return lists
  }

  private func build(
    _ lists: [(unit: Int, items: LookupItems)], _ paddingKey: borrowing SecretBytes, threads: Int
  ) throws(LeakDatabaseError) -> [(unit: Int, group: LookupGroup, count: Int)] {
    let builder = LookupTableBuilder(parameters, paddingKey: paddingKey.copy())
    let built = ParallelLoops.map(count: lists.count, chunksOf: 1, threads: threads) {
      index -> Result<LookupGroup, LookupError> in
      do throws(LookupError) {
        return .success(try builder.build(group: lists[index].unit, lists[index].items))
      } catch { return .failure(error) }
    }
    var groups: [(unit: Int, group: LookupGroup, count: Int)] = []
    for (list, result) in zip(lists, built) {
      do { groups.append((list.unit, try result.get(), list.items.keys.count)) } catch {
        throw .lookup(error)
      }
    }
    return groups
  }

  /// The manifest last, then the folder's name.
  private func finish(
    _ partial: String, _ path: String, items: Int, sources: [String]
  ) throws(LeakDatabaseError) -> DatabaseManifest {
    func file(_ name: String) throws(LeakDatabaseError) -> DatabaseManifest.File {
      let mapped = try OpenFile(partial + "/" + name, flags: O_RDONLY).mapped()
      return DatabaseManifest.File(name: name, bytes: mapped.count, checksum: mapped.checksum().hex)
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
      descriptions: try file(LeakDatabase.descriptionsName), batch: batchFiles)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do {
      var output = try OutputFile(path: partial + "/" + LeakDatabase.manifestName)
      try output.write([UInt8](try encoder.encode(manifest)))
      try output.commit()
    } catch let error as TableError { throw .list(error) } catch { throw .malformedManifest }
    guard unsafe rename(partial, path) == 0 else { throw .system(path: path, errno: errno) }
    return manifest
  }
}
