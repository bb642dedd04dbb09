// Fence: posix_spawn(3) and wait4(2), for what a process alone used.
import Glibc

/// A program that is measured.
struct ChildProcess {
  private let process: pid_t

  /// What a process used until its end.
  struct Usage {
    var exitCode: Int32
    /// User and system time of all its threads.
    var processorSeconds: Double
    /// The most memory that it had resident.
    var residentBytes: Int
  }

  enum Failure: Error { case cannotStart(String) }

  /// Starts a program; standard output and error go to files.
  init(_ path: String, _ arguments: [String], output: String, errors: String) throws {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    unsafe posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var copies = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
    defer { unsafe copies.withUnsafeBufferPointer { for index in $0.indices { unsafe free($0[index]) } } }
    var process: pid_t = 0
    guard unsafe posix_spawn(&process, path, &actions, nil, &copies, environ) == 0 else {
      throw Failure.cannotStart(path)
    }
    self.process = process
  }

  /// Waits for its end.
  func wait() -> Usage {
    var status: Int32 = 0
    var usage = rusage()
    while unsafe wait4(process, &status, 0, &usage) < 0 && errno == EINTR {}
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return Usage(
      exitCode: status & 0x7f == 0 ? (status >> 8) & 0xff : -1,
      processorSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
      residentBytes: usage.ru_maxrss * 1024)
  }

  /// The system's number of it.
  var identifier: pid_t { process }

  /// Whether it has not ended; does not reap it.
  var isRunning: Bool {
    var info = unsafe siginfo_t()
    return unsafe waitid(P_PID, id_t(process), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_signo == 0
  }

  /// Ends it.
  func stop() { kill(process, SIGTERM) }
}
