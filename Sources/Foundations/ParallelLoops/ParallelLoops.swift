// Fence: `map` fills an uninitialised array by pointer.
import Dispatch
import Glibc
import Synchronization

/// Loops over independent items on several threads.
public enum ParallelLoops {
  /// The processors that are online, at least 1.
  public static let processorCount = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))

  /// Calls `body` once for every chunk of 0..<`count`: `chunkSize` ≥ 1 neighbouring items, the last chunk perhaps
  /// fewer.
  ///
  /// At most `threads` ≥ 1 threads work, and no more than there are chunks; the caller's is one of them. Which thread
  /// takes which chunk is left open, so that a result is deterministic exactly if a chunk writes nothing but what is
  /// its own. Returns when all chunks are done.
  public static func forEachChunk(
    of chunkSize: Int, count: Int, threads: Int = processorCount, body: @Sendable (Range<Int>) -> Void
  ) {
    precondition(chunkSize > 0 && count >= 0 && threads > 0, "sizes of a parallel loop")
    let chunks = count / chunkSize + (count % chunkSize == 0 ? 0 : 1)
    @Sendable func run(_ chunk: Int) {
      let start = chunk * chunkSize
      body(start..<min(count, start + chunkSize))
    }
    let workers = min(threads, chunks)
    guard workers > 1 else {
      for chunk in 0..<chunks { run(chunk) }
      return
    }
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      while true {
        let chunk = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard chunk < chunks else { return }
        run(chunk)
      }
    }
  }

  /// The values of `transform` for 0..<`count`, in order, made in chunks on several threads.
  @inlinable
  public static func map<Value: Sendable>(
    count: Int, chunksOf chunkSize: Int, threads: Int = processorCount, transform: @Sendable (Int) -> Value
  ) -> [Value] {
    guard count > 0 else { return [] }
    return unsafe [Value](unsafeUninitializedCapacity: count) { buffer, initialized in
      // Every index belongs to one chunk, so that no two threads write the same memory.
      nonisolated(unsafe) let values = buffer.baseAddress
      forEachChunk(of: chunkSize, count: count, threads: threads) { range in
        for i in range { unsafe values?.advanced(by: i).initialize(to: transform(i)) }
      }
      initialized = count
    }
  }
}
