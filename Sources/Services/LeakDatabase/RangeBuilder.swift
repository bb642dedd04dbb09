import Foundation
import Glibc
import LeakCheck
import ParallelLoops
import Tables

/// Builds range files from published lists of hashes: with bounded memory, and from where a killed build stopped.
///
/// Lists of credentials and of plain passwords, and lists that are said to be private, are refused: a range file publishes what it is made from.
public struct RangeBuilder: ~Copyable {
  private let hash: RangeHash
  private var work: WorkStore

  /// Begins in the folder `work`, or goes on with it. Throws `wrongFormat` for credentials, `privateList`, `otherWork`
  /// and `system`.
  public init(_ kind: LeakListKind, isPrivate: Bool = false, work: String) throws(LeakDatabaseError) {
    guard !isPrivate, kind != .credentials else { throw .privateList }
    self.init(
      kind == .sha1 ? .sha1 : .ntlm,
      try WorkStore(folder: work, identity: "range/\(kind.rawValue)/1", partitions: 256))
  }

  private init(_ hash: RangeHash, _ work: consuming WorkStore) { (self.hash, self.work) = (hash, work) }

  /// Adds a list of `HASH:COUNT`, as `LeakDatabaseBuilder.add` does.
  public mutating func add(
    _ input: ListInput, name: String, malformed: MalformedLines = .minority,
    threads: Int = ParallelLoops.processorCount, progress: (LeakBuildProgress) -> Void = { _ in }
  ) throws(LeakDatabaseError) {
    guard var list = try work.begin(name, input) else { return }
    var feed = try ListFeed(input, .lines(hash.format), list: list)
    while let batch = try feed.next(threads: threads) {
      do throws(LeakDatabaseError) { try feed.check(malformed, name, .lines(hash.format)) } catch {
        work.dropPending()
        throw error
      }
      for line in batch {
        let digest = line.line.entry.input.suffix(hash.byteCount)
        let count = UInt32(clamping: line.line.count)
        let number = (0..<4).map { UInt8(truncatingIfNeeded: count >> UInt32(8 * $0)) }
        work.append(Array(digest) + number, to: Int(digest.first ?? 0))
      }
      if feed.isCheckpointDue {
        feed.note(in: &list)
        try work.checkpoint(list)
      }
      progress(feed.report)
    }
  }

  /// Writes the new file `path`, which appears complete or not at all. Throws `noItems`, `unfinishedList`, `exists`,
  /// `damaged` and `system`.
  public borrowing func finish(to path: String) throws(LeakDatabaseError) -> RangeFile {
    guard !FileManager.default.fileExists(atPath: path) else { throw .exists(path: path) }
    guard !work.isEmpty else { throw .noItems }
    try work.checkFinished()
    let partial = path + ".partial"
    try PartialOutput.removeFile(partial, beginningWith: RangeFile.magic)
    let file = try OpenFile(partial, flags: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW)
    var index = [UInt32](repeating: 0, count: RangeFile.prefixCount + 1)
    let base = RangeFile.headerByteCount + RangeFile.indexByteCount
    var (entries, place) = (0, base)
    for partition in 0..<256 {
      let (bytes, count) = try sorted(partition, &index)
      try file.write(bytes, at: place)
      place += bytes.count
      entries += count
    }
    guard entries < 1 << 32 else { throw .tooManyHashes }
    var before: UInt32 = 0
    for prefix in index.indices { (index[prefix], before) = (before, before + index[prefix]) }
    try file.write(index.flatMap { Self.littleEndian($0, 4) }, at: RangeFile.headerByteCount)
    let zeros = [UInt8](repeating: 0, count: RangeFile.headerByteCount)
    try file.write(zeros, at: 0)
    let checksum = try file.checksum(from: RangeFile.headerByteCount)
    let header =
      RangeFile.magic + Self.littleEndian(UInt32(1), 4) + Self.littleEndian(hash.rawValue, 4)
      + Self.littleEndian(entries, 8) + checksum
    try file.write(header, at: 0)
    try file.synchronize()
    guard unsafe rename(partial, path) == 0 else { throw .system(path: path, errno: errno) }
    return try RangeFile(path: path)
  }

  /// The records of a partition in order, equal hashes merged; their prefixes are counted.
  private borrowing func sorted(
    _ partition: Int, _ index: inout [UInt32]
  ) throws(LeakDatabaseError) -> (bytes: [UInt8], count: Int) {
    let bytes = try work.bytes(partition)
    let (size, digest) = (hash.byteCount + 4, hash.byteCount)
    guard bytes.count % size == 0 else { throw .damaged(path: work.partitionPath(partition)) }
    let records = stride(from: 0, to: bytes.count, by: size).map {
      RangeRecord(bytes[$0..<($0 + size)], hashByteCount: digest)
    }.sorted { $0.words < $1.words }
    var (output, count, next) = ([UInt8](), 0, 0)
    output.reserveCapacity(bytes.count)
    while next < records.count {
      let first = records[next]
      var seen: UInt64 = 0
      while next < records.count, records[next].words == first.words {
        seen += UInt64(records[next].count)
        next += 1
      }
      first.append(seen: UInt32(clamping: seen), hashByteCount: digest, to: &output)
      index[Int(first.words.0 >> 44)] += 1
      count += 1
    }
    return (output, count)
  }

  private static func littleEndian(_ value: some FixedWidthInteger, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}

/// A hash in words that compare as its bytes do, and its count.
private struct RangeRecord {
  var words: (UInt64, UInt64, UInt32)
  var count: UInt32

  init(_ bytes: ArraySlice<UInt8>, hashByteCount: Int) {
    func number(_ start: Int, _ count: Int) -> UInt64 {
      (0..<count).reduce(0) { $0 << 8 | UInt64(bytes[bytes.startIndex + start + $1]) }
    }
    words = (number(0, 8), number(8, 8), UInt32(number(16, hashByteCount - 16)))
    count = bytes.suffix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  func append(seen: UInt32, hashByteCount: Int, to bytes: inout [UInt8]) {
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: words.0 >> UInt64(shift)))
    }
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: words.1 >> UInt64(shift)))
    }
    for shift in stride(from: 8 * (hashByteCount - 16) - 8, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: words.2 >> UInt32(shift)))
    }
    for shift in stride(from: 0, to: 32, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: seen >> UInt32(shift)))
    }
  }
}
