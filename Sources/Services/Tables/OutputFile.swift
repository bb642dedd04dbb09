import Glibc
import Synchronization

// Fence: mkstemp(3) and write(2).

/// A file that appears complete or not at all: bytes go to a temporary file beside it (mode 0600), which takes its name
/// when it is committed. Dropped before that, it leaves nothing.
///
/// The path `-` stands for standard output, which is written as it comes.
public struct OutputFile: ~Copyable {
  private let path: String
  private var temporaryPath: [CChar]
  private let descriptor: Int32
  private var isCommitted: Bool

  /// A file at `path`, whose folder exists. Throws `writeFailed`.
  public init(path: String) throws(TableError) {
    self.path = path
    guard path != "-" else {
      descriptor = STDOUT_FILENO
      isCommitted = true
      temporaryPath = []
      return
    }
    var status = stat()
    if unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      // A device, a pipe, a link or a folder: renaming over it would destroy it.
      descriptor = -1
      isCommitted = true
      temporaryPath = []
      throw .writeFailed(path: path, errno: EEXIST)
    }
    temporaryPath = (path + ".partial-XXXXXX").utf8CString.map { $0 }
    descriptor = unsafe temporaryPath.withUnsafeMutableBufferPointer { name in
      guard let start = name.baseAddress else { return -1 }
      return unsafe mkstemp(start)
    }
    isCommitted = false
    if descriptor >= 0 { Self.register(temporaryPath) }
    guard descriptor >= 0 else {
      let code = errno
      temporaryPath = []
      throw .writeFailed(path: path, errno: code)
    }
  }

  deinit {
    guard descriptor > STDOUT_FILENO else { return }
    close(descriptor)
    if !isCommitted { unsafe unlink(temporaryPath) }
    Self.forget(temporaryPath)
  }

  /// Temporary files of this process.
  private static let unfinished = Mutex<Set<[CChar]>>([])

  private static func register(_ path: [CChar]) { unfinished.withLock { _ = $0.insert(path) } }

  private static func forget(_ path: [CChar]) { unfinished.withLock { _ = $0.remove(path) } }

  /// Removes the temporary files of all values that were not committed: before a process exits without dropping them.
  public static func removeUnfinished() {
    unfinished.withLock { paths in
      for path in paths { unsafe unlink(path) }
      paths = []
    }
  }

  /// Appends all of `bytes`. Throws `writeFailed`.
  public mutating func write(_ bytes: [UInt8]) throws(TableError) {
    var done = 0
    while done < bytes.count {
      let written = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
      }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw .writeFailed(path: path, errno: errno) }
      done += written
    }
  }

  /// Puts the file in place, on stable storage. Throws `writeFailed`, and then leaves nothing.
  public consuming func commit() throws(TableError) {
    guard !isCommitted else { return }
    guard fsync(descriptor) == 0 else { throw .writeFailed(path: path, errno: errno) }
    guard unsafe rename(temporaryPath, path) == 0 else { throw .writeFailed(path: path, errno: errno) }
    isCommitted = true
    Self.forget(temporaryPath)
    try syncFolder()
  }

  /// A new name is durable once its folder is.
  private borrowing func syncFolder() throws(TableError) {
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .writeFailed(path: path, errno: errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .writeFailed(path: path, errno: errno) }
  }
}
