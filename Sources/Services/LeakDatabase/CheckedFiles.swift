// Fence: mmap(2) for memory, fstat(2) and close(2).
import Glibc

/// A checked file that is read piece by piece, and notices where somebody writes to it or cuts it.
final class KeptFile: Sendable {
  let path: String
  let count: Int
  private let stamp: FileStamp
  private let descriptor: Int32

  /// Takes over the descriptor. Throws `system`.
  init(path: String, descriptor: Int32) throws(LeakDatabaseError) {
    guard let stamp = FileStamp(descriptor) else {
      let code = errno
      close(descriptor)
      throw .system(path: path, errno: code)
    }
    self.path = path
    self.descriptor = descriptor
    self.stamp = stamp
    count = stamp.count
  }

  deinit { close(descriptor) }

  /// Whether length and time of the last change are those from before it was checked.
  var isUnchanged: Bool { FileStamp(descriptor) == stamp }

  /// A copy of `range`, which lies in the file. Throws `damaged` where the file is not what was checked any more, and `system`.
  func bytes(_ range: Range<Int>) throws(LeakDatabaseError) -> [UInt8] {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    let bytes = try readFully(descriptor, path, range.count, at: range.lowerBound)
    guard isUnchanged else { throw .damaged(path: path) }
    return bytes
  }

  /// Hands such a copy to `body`; nil where there is none.
  func withBytes<R, E: Error>(_ range: Range<Int>, _ body: (RawSpan) throws(E) -> R) throws(E) -> R? {
    guard let bytes = try? bytes(range) else { return nil }
    return unsafe try body(bytes.span.bytes)
  }
}

/// What changes where somebody writes to a file or cuts it.
private struct FileStamp: Equatable {
  let count: Int
  private let inode: UInt
  private let seconds: Int
  private let nanoseconds: Int

  /// Of an open file; nil where the system does not say.
  init?(_ descriptor: Int32) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return nil }
    count = Int(status.st_size)
    inode = UInt(status.st_ino)
    (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
  }
}

/// A table in memory of its own, read-only once it is filled: what was checked is what is read, whatever happens to its file.
///
/// A mapped file that is cut ends the process (SIGBUS) at the next access. Every query reads a whole table, so that it has to be in
/// memory anyway; huge pages save address translations.
@safe final class LoadedTable: @unchecked Sendable {
  private let start: UnsafeMutableRawPointer
  private let reserved: Int
  let count: Int

  /// `count` ≥ 1 bytes; nil where the system has no room.
  private init?(count: Int) {
    reserved = (count + Self.hugePage - 1) / Self.hugePage * Self.hugePage
    let protection = PROT_READ | PROT_WRITE
    guard let start = unsafe mmap(nil, reserved, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      unsafe start != MAP_FAILED
    else { return nil }
    unsafe self.start = start
    self.count = count
    // A wish: where the system has no huge pages, small ones do.
    unsafe madvise(start, reserved, MADV_HUGEPAGE)
  }

  deinit { unsafe munmap(start, reserved) }

  private static let hugePage = 2 << 20

  /// Loads a file that must be `count` bytes, with `checksum`. Throws `damaged` where it is not, `zeroed`, and `system`.
  static func loading(
    _ file: borrowing OpenFile, count: Int, checksum: String
  ) throws(LeakDatabaseError) -> LoadedTable {
    let path = file.path
    guard count > 0, try file.byteCount() == count else { throw .damaged(path: path) }
    guard let table = LoadedTable(count: count) else { throw .system(path: path, errno: ENOMEM) }
    var (place, zeros) = (0, ZeroRuns())
    let found = try file.checksum { piece in
      // A file that grows meanwhile is refused below.
      let part = piece.prefix(count - place)
      unsafe part.withUnsafeBytes { bytes in
        if let base = bytes.baseAddress {
          unsafe (table.start + place).copyMemory(from: base, byteCount: part.count)
        }
      }
      place += part.count
      zeros.read(piece)
    }
    guard place == count, found.hex == checksum else { throw .damaged(path: path) }
    guard !zeros.isFound else { throw .zeroed(path: path) }
    unsafe mprotect(table.start, table.reserved, PROT_READ)
    return table
  }

  /// Reads all of it.
  func withBytes<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    let buffer = unsafe UnsafeRawBufferPointer(start: start, count: count)
    defer { withExtendedLifetime(self) {} }
    return try body(unsafe buffer.bytes)
  }
}

/// Looks for 64 bytes of nothing. Builders fill what no item determines with pseudorandom residues, so that a table has none, by
/// chance with a probability below 2^-400: a table that has them lost a part, and would call its items absent.
struct ZeroRuns {
  private(set) var isFound = false

  /// Takes a piece; all but the last have lengths that are multiples of 64.
  mutating func read(_ piece: [UInt8]) {
    unsafe piece.withUnsafeBytes { bytes in
      for start in stride(from: 0, to: bytes.count - 63, by: 64) {
        var any: UInt64 = 0
        for word in 0..<8 {
          any |= unsafe bytes.loadUnaligned(fromByteOffset: start + 8 * word, as: UInt64.self)
        }
        if any == 0 { isFound = true }
      }
    }
  }
}
