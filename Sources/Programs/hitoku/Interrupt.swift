#if Services
import Dispatch
import Foundation
import Synchronization
import Tables

/// Runs `body` so that SIGINT, SIGTERM and SIGHUP cancel it: it ends the run on both sides and leaves nothing half done. A second
/// signal ends the process at once, and leaves no half file either.
func interruptible(_ body: @escaping @Sendable () async throws -> Void) async throws {
  let task = Task { try await body() }
  let count = Mutex(0)
  let signals = [SIGINT, SIGTERM, SIGHUP]
  let sources = signals.map { number in
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler {
      let isFirst = count.withLock {
        $0 += 1
        return $0 == 1
      }
      guard isFirst else {
        OutputFile.removeUnfinished()
        exit(CommandFailure.Code.interrupted.rawValue)
      }
      note("stopping: telling the other side (again to stop at once)")
      task.cancel()
    }
    source.resume()
    return source
  }
  defer {
    for source in sources { source.cancel() }
    for number in signals { signal(number, SIG_DFL) }
  }
  try await task.value
}
#endif
