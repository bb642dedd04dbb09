import Foundation
import Glibc
import LabeledLookup
import LeakCheck
import Primitives
import Tables

/// One item on its way into a table: the table's group, the item's key, how often it was seen, and where first.
struct WorkRecord {
  var unit: UInt32
  var key: ItemKey
  var count: UInt32
  var source: UInt16

  static let byteCount = 42

  /// Appends the record's bytes.
  func append(to bytes: inout [UInt8]) {
    func append(_ value: some FixedWidthInteger, _ count: Int) {
      for place in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * place))) }
    }
    append(unit, 4)
    for word in 0..<4 { append(key.words[word], 8) }
    append(count, 4)
    append(source, 2)
  }

  init(unit: UInt32, key: ItemKey, count: UInt32, source: UInt16) {
    (self.unit, self.key, self.count, self.source) = (unit, key, count, source)
  }

  /// Reads a record of `byteCount` bytes.
  init(_ bytes: ArraySlice<UInt8>) {
    func number(_ start: Int, _ count: Int) -> UInt64 {
      (0..<count).reduce(0) { $0 | UInt64(bytes[bytes.startIndex + start + $1]) << UInt64(8 * $1) }
    }
    unit = UInt32(number(0, 4))
    key = ItemKey(words: SIMD4(number(4, 8), number(12, 8), number(20, 8), number(28, 8)))
    count = UInt32(number(36, 4))
    source = UInt16(number(40, 2))
  }
}

/// Where a build stands, in `state.json`: replaced whole, after the partitions are on stable storage.
struct WorkState: Codable, Equatable {
  struct List: Codable, Equatable {
    var name: String
    var lines: Int
    /// Missing where an older version wrote it.
    var empty: Int?
    var malformed: Int
    var isDone: Bool
  }
  /// Settings and key: another build must not go on here.
  var identity: String
  /// Of a database; nil for a range file.
  var settings: LeakDatabaseSettings?
  var lists: [List]
  /// What labels name, in the order of their numbers.
  var sources: [String]
  /// `WorkStore.versionNumber` of the last database that was written from here; nil before the first.
  var written: UInt64?
  /// Bytes of each partition; what lies behind was written after the last state and is cut off.
  var partitions: [Int]
}

/// The work folder of a build: partitions of records, which survive a kill, and which a later list is merged with.
struct WorkStore {
  private let folder: String
  private let lock: FolderLock
  private(set) var state: WorkState
  private var pending: [[UInt8]]
  /// The places in `state.sources`.
  private var numbers: [String: UInt16] = [:]

  /// Opens or begins the store. Throws `otherWork` where it belongs to another build, `busyWork` while another one runs,
  /// `privateWork` where private lists would become public ones, `damaged` and `system`.
  init(
    folder: String, identity: String, settings: LeakDatabaseSettings? = nil, partitions: Int
  ) throws(LeakDatabaseError) {
    self.folder = folder
    pending = Array(repeating: [], count: partitions)
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch { throw .system(path: folder, errno: errno) }
    lock = try FolderLock(folder: folder)
    Self.removeLeftovers(folder)
    state = WorkState(
      identity: identity, settings: settings, lists: [], sources: [],
      partitions: Array(repeating: 0, count: partitions))
    if FileManager.default.fileExists(atPath: Self.statePath(folder)) {
      let found = try Self.state(in: folder)
      guard found.identity == identity, found.partitions.count == partitions,
        found.sources.count <= 1 << 16, Set(found.sources).count == found.sources.count
      else { throw .otherWork }
      guard found.partitions.allSatisfy({ $0 >= 0 }),
        found.lists.allSatisfy({ $0.lines >= 0 && (0...$0.lines).contains($0.malformed) })
      else { throw .damaged(path: Self.statePath(folder)) }
      if let settings, found.settings?.isPrivate == true, !settings.isPrivate { throw .privateWork }
      state = found
      // Whether there is a table for batches may change from one version to the next.
      state.settings = settings
      for (number, source) in found.sources.enumerated() { numbers[source] = UInt16(number) }
    }
    for index in 0..<partitions {
      let file = try OpenFile(partitionPath(index), flags: O_RDWR | O_CREAT)
      guard try file.byteCount() >= state.partitions[index] else { throw .damaged(path: file.path) }
      try file.truncate(to: state.partitions[index])
    }
  }

  private static let stateName = "state.json"

  private static func statePath(_ folder: String) -> String { folder + "/" + stateName }

  /// States that a killed process had not put in place.
  private static func removeLeftovers(_ folder: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.hasPrefix(stateName + ".partial-") {
      try? FileManager.default.removeItem(atPath: folder + "/" + name)
    }
  }

  /// The state of the work in a folder. Throws `system` and `damaged`.
  static func state(in folder: String) throws(LeakDatabaseError) -> WorkState {
    let file = try OpenFile(statePath(folder), flags: O_RDONLY)
    let bytes = try file.read(file.byteCount(), at: 0)
    guard let found = try? JSONDecoder().decode(WorkState.self, from: Data(bytes)) else {
      throw .damaged(path: file.path)
    }
    return found
  }

  /// The path of a partition.
  func partitionPath(_ index: Int) -> String { folder + "/partition-\(index)" }

  /// Keeps a record for partition `index` until the next checkpoint.
  mutating func append(_ record: WorkRecord, to index: Int) { record.append(to: &pending[index]) }

  /// The same for records of another shape.
  mutating func append(_ bytes: some Sequence<UInt8>, to index: Int) { pending[index] += bytes }

  /// The number of a source, which stands in labels. Throws `tooManySources`.
  mutating func number(ofSource name: String) throws(LeakDatabaseError) -> UInt16 {
    if let known = numbers[name] { return known }
    guard let number = UInt16(exactly: state.sources.count) else { throw .tooManySources }
    state.sources.append(name)
    numbers[name] = number
    return number
  }

  /// Drops records that no checkpoint took: those of a list that was refused.
  mutating func dropPending() {
    for index in pending.indices { pending[index].removeAll() }
  }

  /// A number for what the store holds: another one after another list.
  var versionNumber: UInt64 {
    let lists = state.lists.flatMap { [$0.name, "\($0.lines)", "\($0.malformed)"] }
    let fields = [state.identity] + lists + state.sources + state.partitions.map { "\($0)" }
    return SHA256.hash(Array(fields.joined(separator: "\0").utf8)).prefix(8).reduce(0) {
      $0 << 8 | UInt64($1)
    }
  }

  /// Throws `unfinishedList` where one was not read to its end.
  func checkFinished() throws(LeakDatabaseError) {
    for list in state.lists where !list.isDone {
      throw .unfinishedList(list: list.name, line: list.lines)
    }
  }

  /// Whether no record was taken.
  var isEmpty: Bool { state.partitions.allSatisfy { $0 == 0 } }

  /// Where the list `name` stands; nil where it is read to its end. Throws `standardInputAgain`.
  func begin(_ name: String, _ input: ListInput) throws(LeakDatabaseError) -> WorkState.List? {
    let known = state.lists.first { $0.name == name }
    if known != nil, input == .file("-") { throw .standardInputAgain }
    let list = known ?? WorkState.List(name: name, lines: 0, malformed: 0, isDone: false)
    return list.isDone ? nil : list
  }

  /// Puts all records and `list` on stable storage; from here a killed build goes on.
  mutating func checkpoint(_ list: WorkState.List) throws(LeakDatabaseError) {
    for index in pending.indices where !pending[index].isEmpty {
      let file = try OpenFile(partitionPath(index), flags: O_RDWR)
      try file.write(pending[index], at: state.partitions[index])
      try file.synchronize()
      state.partitions[index] += pending[index].count
      pending[index].removeAll(keepingCapacity: true)
    }
    if let place = state.lists.firstIndex(where: { $0.name == list.name }) {
      state.lists[place] = list
    } else {
      state.lists.append(list)
    }
    try Self.write(state, folder)
  }

  private static func write(_ state: WorkState, _ folder: String) throws(LeakDatabaseError) {
    do {
      var file = try OutputFile(path: statePath(folder))
      try file.write([UInt8](try JSONEncoder().encode(state)))
      try file.commit()
    } catch let error as TableError { throw .list(error) } catch { throw .malformedManifest }
  }

  /// Whether a database was written since the last list.
  var isWritten: Bool { state.written == versionNumber }

  /// Notes that a database was written of what the store holds now.
  func noteWritten() throws(LeakDatabaseError) {
    var noted = state
    noted.written = versionNumber
    try Self.write(noted, folder)
  }

  /// All bytes of a partition up to the last checkpoint.
  func bytes(_ index: Int) throws(LeakDatabaseError) -> [UInt8] {
    try OpenFile(partitionPath(index), flags: O_RDONLY).read(state.partitions[index], at: 0)
  }

  /// All records of a partition.
  func records(_ index: Int) throws(LeakDatabaseError) -> [WorkRecord] {
    let bytes = try bytes(index)
    guard bytes.count % WorkRecord.byteCount == 0 else { throw .damaged(path: partitionPath(index)) }
    return stride(from: 0, to: bytes.count, by: WorkRecord.byteCount).map {
      WorkRecord(bytes[$0..<($0 + WorkRecord.byteCount)])
    }
  }
}
