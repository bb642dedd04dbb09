import ObliviousPRF
import PrimeOrderGroup
import ProcessorFeatures
import Secrets

/// Times ristretto255 in batches, per element, on one thread unless told otherwise.
struct GroupBenchmark {
  /// Elements of a batch: n of the rows.
  let batchSize: Int
  let settings: BatchSettings
  var stopwatch = Stopwatch()

  /// The batch size that is measured where none is given: one call of the kernel, short enough for a busy machine.
  static let defaultBatchSize = 256

  init(batchSize: Int, threads: Int = 1) {
    self.batchSize = batchSize
    settings = BatchSettings(threads: threads)
  }

  /// All operations; each result is the next input.
  func rows() throws -> [BenchmarkRow] {
    let key = SecretScalar.random()
    let uniform = SystemRandom.bytes(count: 64 * batchSize)
    var encodings = try GroupElements(mapping: uniform, settings: settings).bytes
    return [
      try row("group/multiply-batch") {
        try GroupElements.multiply(&encodings, by: key, settings: settings)
      },
      try row("group/hash") { consume(try GroupElements(mapping: uniform, settings: settings)) },
      try row("group/hash-multiply") {
        consume(try GroupElements(mapping: uniform, multipliedBy: key, settings: settings))
      },
    ] + (try messageRows(key)) + (try PRFMode.allCases.flatMap(prfRows)) + singleRows(key)
  }

  /// Messages of 20 bytes, as long as an identifier.
  private func messageRows(_ key: borrowing SecretScalar) throws -> [BenchmarkRow] {
    let tag = try DomainSeparationTag(Array("hitoku-bench".utf8))
    let messages = (0..<batchSize).map { _ in SystemRandom.bytes(count: 20) }
    return [
      row("group/hash-message") {
        consume(GroupElements(hashing: messages, tag: tag, settings: settings))
      },
      row("group/hash-message-multiply") {
        consume(GroupElements(hashing: messages, tag: tag, multipliedBy: key, settings: settings))
      },
    ]
  }

  /// Both sides of the oblivious PRF, inputs of 20 bytes, in one mode.
  private func prfRows(_ mode: PRFMode) throws -> [BenchmarkRow] {
    let prefix = mode == .oblivious ? "oprf" : "voprf"
    let server = PRFServer(key: .random(), mode: mode)
    let client = mode == .oblivious ? PRFClient() : PRFClient(verifying: server.publicKey)
    let inputs = (0..<batchSize).map { _ in SystemRandom.bytes(count: 20) }
    let blinded = try client.blind(inputs, settings: settings).bytes
    return [
      try row("\(prefix)/evaluate") { consume(try server.evaluate(blinded, settings: settings)) },
      // Blinding, evaluation and finalisation: the client's share is what this has more than the row above.
      try row("\(prefix)/round-trip") {
        let request = try client.blind(inputs, settings: settings)
        let answer = try server.evaluate(request.bytes, settings: settings)
        consume(try request.finalize(answer, settings: settings))
      },
      try row("\(prefix)/outputs") { consume(try server.outputs(of: inputs, settings: settings)) },
    ]
  }

  /// Single operations, libsodium everywhere.
  private func singleRows(_ key: borrowing SecretScalar) -> [BenchmarkRow] {
    var element = GroupElement.generator
    return [
      BenchmarkRow(
        name: "group/multiply", size: 1, primes: 1, variant: .base,
        microseconds: stopwatch.median { element = element.multiplied(by: key) }, bytes: 0)
    ]
  }

  private func row(_ name: String, _ body: () throws -> Void) rethrows -> BenchmarkRow {
    BenchmarkRow(
      name: name, size: batchSize, primes: 1, variant: .current,
      microseconds: try stopwatch.median(calls: batchSize, body), bytes: 0)
  }
}
