// Fence: open(2) and flock(2).
import Glibc

/// One process at a time in a work folder: held until the last reference is gone, and by the kernel no longer than the process.
final class FolderLock: Sendable {
  private let descriptor: Int32

  /// Throws `busyWork` where another build holds it, and `system`.
  init(folder: String) throws(LeakDatabaseError) {
    let path = folder + "/lock"
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .system(path: path, errno: errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw errno == EWOULDBLOCK ? .busyWork(path: folder) : .system(path: path, errno: errno)
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
