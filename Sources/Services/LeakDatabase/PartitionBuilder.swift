import LabeledLookup
import LeakCheck
import ParallelLoops
import Secrets

/// What a partition of a work store becomes.
struct BuiltPartition: Sendable {
  /// Its tables' groups, with the number of their items.
  var groups: [(unit: Int, group: LookupGroup, count: Int)] = []
  /// Its items again for batches; none without.
  var batchItems: [(key: ItemKey, label: [UInt8])] = []
}

/// Merges the records of partitions and solves their groups, each partition on a thread of its own.
struct PartitionBuilder: ~Copyable, Sendable {
  private let settings: LeakDatabaseSettings
  private let parameters: LookupParameters
  private let batch: BatchParameters?
  private let paddingKey: SecretBytes

  init(
    _ settings: LeakDatabaseSettings, _ parameters: LookupParameters, _ batch: BatchParameters?,
    paddingKey: consuming SecretBytes
  ) {
    self.settings = settings
    self.parameters = parameters
    self.batch = batch
    self.paddingKey = paddingKey
  }

  /// The partitions of a range, in order.
  borrowing func build(
    _ partitions: Range<Int>, _ work: WorkStore, threads: Int
  ) -> [Result<BuiltPartition, LeakDatabaseError>] {
    let copy = PartitionBuilder(settings, parameters, batch, paddingKey: paddingKey.copy())
    return ParallelLoops.map(count: partitions.count, chunksOf: 1, threads: threads) {
      index -> Result<BuiltPartition, LeakDatabaseError> in
      do throws(LeakDatabaseError) {
        return .success(try copy.build(partitions.lowerBound + index, work))
      } catch { return .failure(error) }
    }
  }

  private borrowing func build(
    _ partition: Int, _ work: WorkStore
  ) throws(LeakDatabaseError) -> BuiltPartition {
    var built = BuiltPartition()
    let lists = try units(of: partition, work, &built.batchItems)
    let builder = LookupTableBuilder(parameters, paddingKey: paddingKey.copy())
    for list in lists {
      do throws(LookupError) {
        let group = try builder.build(group: list.unit, list.items)
        built.groups.append((list.unit, group, list.items.keys.count))
      } catch { throw .lookup(error) }
    }
    return built
  }

  /// The items of every unit of a partition, equal ones merged, in order.
  private borrowing func units(
    of partition: Int, _ work: WorkStore, _ batchItems: inout [(key: ItemKey, label: [UInt8])]
  ) throws(LeakDatabaseError) -> [(unit: Int, items: LookupItems)] {
    let (units, partitions) = (
      settings.buckets * parameters.literal.groups, work.state.partitions.count
    )
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
      guard lists.indices.contains(place), Int(first.source) < work.state.sources.count else {
        throw .damaged(path: work.partitionPath(partition))
      }
      let label = LeakLabel(count: count, source: first.source).bytes
      do throws(LookupError) {
        try lists[place].items.append(first.key, label: parameters.labelByteCount == 0 ? [] : label)
      } catch { throw .lookup(error) }
      if let batch { batchItems.append((first.key, Array(label.prefix(batch.labelByteCount)))) }
    }
    return lists
  }
}
