// Fence: open(2) and flock(2).
import Glibc

/// Keeps a folder of state for one process. The system lets go of it as the process ends, however it ends.
public final class StateLock: Sendable {
  private let descriptor: Int32

  /// Takes the folder, which exists, by a file `lock` in it. Throws `stateInUse` and `state`.
  public init(folder: String) throws(HTTPServiceError) {
    let path = folder + "/lock"
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .state(path: path, code: Int(errno)) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw errno == EWOULDBLOCK ? .stateInUse(path: folder) : .state(path: path, code: Int(errno))
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
