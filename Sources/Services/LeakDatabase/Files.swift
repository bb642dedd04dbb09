// Fence: open(2), pread(2), pwrite(2) and the text of errno.
import Glibc
import Primitives

/// The system's text for an error number.
func systemText(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }

/// `count` bytes from `offset`. Throws `damaged` where there are fewer.
func readFully(
  _ descriptor: Int32, _ path: String, _ count: Int, at offset: Int
) throws(LeakDatabaseError) -> [UInt8] {
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
    try readFully(descriptor, path, count, at: offset)
  }

  /// Hands the file from `begin` on to `body`, a mebibyte at a time, and gives SHA-256 over the SHA-256 of every piece.
  func checksum(
    from begin: Int = 0, _ body: ([UInt8]) -> Void = { _ in }
  ) throws(LeakDatabaseError) -> [UInt8] {
    let count = try byteCount()
    var hashes: [UInt8] = []
    for offset in Swift.stride(from: begin, to: count, by: 1 << 20) {
      let piece = try read(min(1 << 20, count - offset), at: offset)
      hashes += SHA256.hash(piece)
      body(piece)
    }
    return SHA256.hash(hashes)
  }

  /// The same file, kept open.
  func kept() throws(LeakDatabaseError) -> KeptFile {
    let own = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard own >= 0 else { throw .system(path: path, errno: errno) }
    return try KeptFile(path: path, descriptor: own)
  }

  /// Puts what was written on stable storage.
  func synchronize() throws(LeakDatabaseError) {
    guard fsync(descriptor) == 0 else { throw .system(path: path, errno: errno) }
  }
}
