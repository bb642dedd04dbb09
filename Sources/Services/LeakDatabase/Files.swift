// Fence: open(2), read(2), pwrite(2), mmap(2), fstat(2) and the text of errno.
import Glibc
import Primitives

/// The system's text for an error number.
func systemText(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }

/// One file by its descriptor, closed at the end.
struct OpenFile: ~Copyable {
  let path: String
  private let descriptor: Int32

  /// Throws `system`.
  init(_ path: String, flags: Int32) throws(LeakDatabaseError) {
    self.path = path
    descriptor = unsafe open(path, flags | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system(path: path, errno: errno) }
  }

  deinit { close(descriptor) }

  /// The length in bytes.
  func byteCount() throws(LeakDatabaseError) -> Int {
    let end = lseek(descriptor, 0, SEEK_END)
    guard end >= 0 else { throw .system(path: path, errno: errno) }
    return end
  }

  /// Makes the file exactly so long.
  func truncate(to count: Int) throws(LeakDatabaseError) {
    guard ftruncate(descriptor, count) == 0 else { throw .system(path: path, errno: errno) }
  }

  /// All of `bytes` at `offset`.
  func write(_ bytes: [UInt8], at offset: Int) throws(LeakDatabaseError) {
    var done = 0
    while done < bytes.count {
      let written = unsafe bytes.withUnsafeBytes { buffer in
        unsafe pwrite(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done, offset + done)
      }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw .system(path: path, errno: errno) }
      done += written
    }
  }

  /// `count` bytes from `offset`. Throws `damaged` where there are fewer.
  func read(_ count: Int, at offset: Int) throws(LeakDatabaseError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe pread(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done, offset + done)
      }
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw .system(path: path, errno: errno) }
      guard got > 0 else { throw .damaged(path: path) }
      done += got
    }
    return bytes
  }

  /// Puts what was written on stable storage.
  func synchronize() throws(LeakDatabaseError) {
    guard fsync(descriptor) == 0 else { throw .system(path: path, errno: errno) }
  }

  /// Maps the whole file for reading.
  func mapped() throws(LeakDatabaseError) -> MappedFile {
    let own = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard own >= 0, let stamp = FileStamp(own) else { throw .system(path: path, errno: errno) }
    let count = stamp.count
    guard count > 0, let start = unsafe mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0),
      unsafe start != MAP_FAILED
    else {
      let code = errno
      close(own)
      throw .system(path: path, errno: code)
    }
    return unsafe MappedFile(start: start, stamp: stamp, descriptor: own)
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

/// A file in memory, read-only and shared with the page cache; unmapped with the last reference.
@safe final class MappedFile: @unchecked Sendable {
  private let start: UnsafeMutableRawPointer
  let count: Int
  private let stamp: FileStamp
  private let descriptor: Int32

  /// Takes over the descriptor.
  fileprivate init(start: UnsafeMutableRawPointer, stamp: FileStamp, descriptor: Int32) {
    unsafe self.start = start
    count = stamp.count
    self.stamp = stamp
    self.descriptor = descriptor
  }

  deinit {
    unsafe munmap(start, count)
    close(descriptor)
  }

  /// Whether length and time of the last change are those from before it was mapped. Where they are not, this memory is other data,
  /// or ends the process.
  var isUnchanged: Bool { FileStamp(descriptor) == stamp }

  /// Reads `range`, which lies in the file.
  func withBytes<R, E: Error>(_ range: Range<Int>, _ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    let buffer = unsafe UnsafeRawBufferPointer(start: start + range.lowerBound, count: range.count)
    defer { withExtendedLifetime(self) {} }
    return try body(unsafe buffer.bytes)
  }

  /// A copy of `range`, which lies in the file.
  func bytes(_ range: Range<Int>) -> [UInt8] {
    withBytes(range) { span in unsafe span.withUnsafeBytes { unsafe Array($0) } }
  }

  /// SHA-256 over the SHA-256 of every mebibyte from `begin` on: whole files without a copy of them.
  func checksum(from begin: Int = 0) -> [UInt8] {
    var hashes: [UInt8] = []
    for offset in Swift.stride(from: begin, to: count, by: 1 << 20) {
      let length = min(1 << 20, count - offset)
      let piece = unsafe Array(UnsafeRawBufferPointer(start: start + offset, count: length))
      hashes += SHA256.hash(piece)
    }
    return SHA256.hash(hashes)
  }
}
