import ParallelLoops
import Synchronization
import Testing

@Suite struct ParallelLoopsTests {
  @Test(arguments: [(0, 3), (1, 3), (3, 3), (7, 3), (1000, 1), (1000, 7), (5, 100)])
  func everyItemIsVisitedOnceInChunksOfTheSize(count: Int, chunkSize: Int) {
    for threads in [1, 2, 5] {
      let ranges = Mutex<[Range<Int>]>([])
      ParallelLoops.forEachChunk(of: chunkSize, count: count, threads: threads) { range in
        ranges.withLock { $0.append(range) }
      }
      let sorted = ranges.withLock { $0.sorted { $0.lowerBound < $1.lowerBound } }
      #expect(sorted.flatMap { Array($0) } == Array(0..<count))
      #expect(sorted.dropLast().allSatisfy { $0.count == chunkSize })
    }
  }

  @Test func noMoreThreadsWorkThanAllowed() {
    let state = Mutex((running: 0, most: 0))
    ParallelLoops.forEachChunk(of: 1, count: 500, threads: 2) { _ in
      state.withLock {
        $0.running += 1
        $0.most = max($0.most, $0.running)
      }
      for _ in 0..<200 { state.withLock { _ in } }
      state.withLock { $0.running -= 1 }
    }
    #expect(state.withLock { $0.most } <= 2)
  }

  @Test func oneThreadTakesTheChunksInOrder() {
    let starts = Mutex<[Int]>([])
    ParallelLoops.forEachChunk(of: 2, count: 9, threads: 1) { range in
      starts.withLock { $0.append(range.lowerBound) }
    }
    #expect(starts.withLock { $0 } == [0, 2, 4, 6, 8])
  }

  @Test(arguments: [0, 1, 10, 1000])
  func mappedValuesStandInOrder(count: Int) {
    let values = ParallelLoops.map(count: count, chunksOf: 7, threads: 3) { "\($0)" }
    #expect(values == (0..<count).map { "\($0)" })
  }

  @Test func thereIsAProcessor() { #expect(ParallelLoops.processorCount >= 1) }
}
