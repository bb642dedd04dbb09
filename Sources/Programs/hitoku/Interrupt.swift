#if Services
import Dispatch
import Foundation
import Synchronization
import Tables

/// Runs `body` so that SIGINT, SIGTERM and SIGHUP cancel it: it ends the run on both sides and leaves nothing half done. A second
/// signal ends the process at once, and leaves no half file either. `stopping` tells what happens at the first one.
func interruptible<Value: Sendable>(
  stopping: String = "stopping: telling the other side (again to stop at once)",
  _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
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
      note(stopping)
      task.cancel()
    }
    source.resume()
    return source
  }
  defer {
    for source in sources { source.cancel() }
    for number in signals { signal(number, SIG_DFL) }
  }
  return try await task.value
}

/// Runs `body` so that SIGINT, SIGTERM and SIGHUP end the process with these words: for work that goes on where it stood.
func resumable<Value>(saying words: String, _ body: () throws -> Value) rethrows -> Value {
  let signals = [SIGINT, SIGTERM, SIGHUP]
  let sources = signals.map { number in
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler {
      note("\nstopped: \(words)")
      OutputFile.removeUnfinished()
      // Other threads are at work.
      _exit(CommandFailure.Code.interrupted.rawValue)
    }
    source.resume()
    return source
  }
  defer {
    for source in sources { source.cancel() }
    for number in signals { signal(number, SIG_DFL) }
  }
  return try body()
}
#endif
