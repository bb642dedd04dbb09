#if Services
import ArgumentParser
import BFV
import BigIntegers
import ContributionStore
import EncryptedSum
import Foundation
import ParameterFiles
import Primitives
import ProcessorFeatures
import Secrets
import ServiceContracts
import Studies
import SumClient

/// One study whose contributions fill N values, and the parts of its life that take time.
struct SumBenchmark {
  static let sets = [4096: "sum-n4096", 8192: "sum-n8192"]

  let plan: SumPlan
  let only: String?
  private let primes: Int
  private let provider = SigningKeyBox()
  private let analyst = SigningKeyBox()
  private let auditor = SigningKeyBox()

  /// Holds a key that cannot be copied.
  private final class SigningKeyBox: Sendable { let key = SigningKey() }

  /// `provider` signs elsewhere; nil: here.
  init(degree: Int, only: String?, provider: SigningPublicKey? = nil) throws {
    self.only = only
    let parameters = try ParameterFiles.parameters(named: Self.sets[degree] ?? "sum-n4096")
    primes = parameters.topLevel
    let key = SecretKey(parameters).makePublicKey()
    // A row count, a sum, and labels for all values that are left.
    let wide = (0..<4).map { number in
      SumCategory(
        column: "c\(number)",
        labels: (0..<min(1_024, degree / 4 - (number == 0 ? 2 : 0))).map { "\($0)" })
    }
    let study = try SumStudy(
      title: "Benchmark", scheme: .bfv(parameterSet: parameters.literal.name),
      fields: [SumField(column: "x", minimum: 0, maximum: 1_000, squares: false)], categories: wide,
      limits: SumLimits(minimumContributors: 2, maximumContributors: 10_000, maximumRows: 1_000),
      period: SumPeriod(opening: 0, closing: 4_000_000_000),
      keys: SumKeys(
        analyst: analyst.key.publicKey, provider: provider ?? self.provider.key.publicKey,
        auditor: auditor.key.publicKey, encryptionKey: SumPlan.fingerprint(key.encoded())))
    plan = try SumPlan(study, key: key)
  }

  /// The study as its analyst hands it in.
  func newStudy() -> NewSumStudyDocument {
    NewSumStudyDocument(
      study: String(decoding: plan.study.fileEncoding, as: UTF8.self),
      signature: SumSession.digits(plan.study.signature(by: analyst.key)),
      encryptionKey: Data(plan.encodedKey).base64EncodedString())
  }

  /// A ciphertext of its own for each number below 2^24: fresh encryptions take longer than storing, and the lowest bits of the first
  /// residue may be any.
  static func own(_ body: [UInt8], _ number: Int) -> [UInt8] {
    var own = body
    for index in 0..<3 { own[39 + index] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
    return own
  }

  func rows() throws -> [BenchmarkRow] {
    var rows: [BenchmarkRow] = []
    let vector = [Int](repeating: 7, count: plan.layout.count)
    let body = try plan.encrypt(vector)
    let checked = try plan.ciphertext(body)
    var aggregate = SumAggregate()
    aggregate.add(checked)
    func add(_ name: String, bytes: Int = 0, calls: Int = 1, _ operation: () throws -> Void) rethrows {
      guard only.map(name.contains) ?? true else { return }
      rows.append(
        BenchmarkRow(
          name: name, size: plan.layout.count, primes: primes, variant: .current,
          microseconds: try Stopwatch().median(calls: calls, operation), bytes: bytes))
    }
    try add("sum/encrypt", bytes: body.count) { _ = try plan.encrypt(vector) }
    try add("sum/check", bytes: body.count) { _ = try plan.checked(body, by: "somebody") }
    add("sum/add") { aggregate.add(checked) }
    // Decoded, checked and added, as a release does for every stored contribution.
    try add("sum/aggregate", bytes: body.count) { aggregate.add(try plan.ciphertext(body)) }
    var two = SumAggregate()
    for _ in 0..<2 { two.add(checked) }
    let seeds = try SumSeeds(
      provider: SystemRandom.secretBytes(count: 32), auditor: SystemRandom.secretBytes(count: 32))
    let release = try plan.release(two, seeds: seeds)
    try add("sum/release", bytes: release.count) { _ = try plan.release(two, seeds: seeds) }
    return rows
  }

  /// Contributions stored durably by as many tasks at once, in wall time: what a server can accept at most.
  func stored(_ count: Int, tasks: Int, postgres: String?) async throws -> StoredRow {
    let folder = FileManager.default.temporaryDirectory.appending(path: "hitoku-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let store =
      if let postgres { try ContributionStore(postgres: postgres) } else {
        try ContributionStore(path: folder.appending(path: "store").path())
      }
    let study = try store.create(
      NewStudy(study: plan.study, source: [], signature: [], encryptionKey: plan.encodedKey))
    let body = try plan.encrypt([Int](repeating: 7, count: plan.layout.count))
    let start = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<tasks {
        group.addTask { [plan] in
          for number in stride(from: task, to: count, by: tasks) {
            let own = Self.own(body, number)
            _ = try await store.submit(try plan.checked(own, by: "contributor \(number)"), to: study)
          }
        }
      }
      try await group.waitForAll()
    }
    let stored = (ContinuousClock.now - start) / .seconds(1)
    let before = Self.peakBytes()
    let clock = ContinuousClock.now
    try store.close(study)
    let seed = SystemRandom.bytes(count: SumSeeds.byteCount)
    let head = try store.log(of: study, limit: .max).last?.hash ?? []
    try store.giveAuditorSeed(
      seed, signature: signature(onSeed: seed, after: head), to: study)
    _ = try store.release(study, plan: plan, signing: provider.key)
    return StoredRow(
      count: count, tasks: tasks, seconds: stored, bytes: body.count,
      release: (ContinuousClock.now - clock) / .seconds(1), grownBytes: Self.peakBytes() - before)
  }

  /// The auditor's signature that goes with its seed.
  func signature(onSeed seed: [UInt8], after head: [UInt8]) -> [UInt8] {
    plan.study.signature(onSeed: seed, after: head, by: auditor.key)
  }

  /// The most memory that this process had.
  private static func peakBytes() -> Int {
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }

  /// How fast contributions were checked and stored, and then released: read, checked, added, signed.
  struct StoredRow {
    var count: Int
    var tasks: Int
    var seconds: Double
    var bytes: Int

    var release: Double
    var grownBytes: Int

    private var rate: Double { (Double(count) / seconds * 10).rounded() / 10 }
    private var releaseSeconds: Double { (release * 1000).rounded() / 1000 }

    var json: String {
      """
      {"name":"sum/store","n":\(count),"tasks":\(tasks),"per_s":\(rate),"bytes":\(bytes),\
      "release_s":\(releaseSeconds),"release_grown_mb":\(grownBytes / 1_000_000)}
      """
    }

    var text: String {
      "sum/store  \(count) contributions of \(bytes) bytes, \(tasks) at once  \(rate) per second; released in "
        + "\(releaseSeconds) s with \(grownBytes / 1_000_000) MB more"
    }
  }
}

extension HitokuBench {
  struct SumCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "sum", abstract: "Encrypted sums: encrypt, check, add, release, store.",
      discussion: """
        sum/aggregate is the cost of one contribution in a release: decoded, checked, added. sum/store is wall time on \
        this disk: checked, stored with fsync, many at once. sum/accept is wall time of a whole hitoku-sumd beside this \
        program: as many clients over TLS, prepared ciphertexts, SQLite with synchronous = FULL.
        """)

    @Flag(help: "Print one JSON object per line.")
    var json = false

    @Option(help: "A ring degree N: 4096 or 8192.")
    var size = 4096

    @Option(help: "Measure only operations whose names contain this, such as sum/aggregate.")
    var only: String?

    @Option(help: "Contributions to store.")
    var count = 1_000

    @Option(help: "Contributions that wait at once.")
    var tasks = 200

    @Option(
      help:
        "Store in this PostgreSQL database (libpq's connection string) instead of a file; rows stay there.")
    var postgres: String?

    func validate() throws {
      try Output.refuseUnknownVariant()
      guard SumBenchmark.sets[size] != nil else { throw ValidationError("--size: 4096 or 8192") }
      guard (1...10_000).contains(count), (1...1_000).contains(tasks) else {
        throw ValidationError("--count: 1 to 10,000; --tasks: 1 to 1,000")
      }
    }

    func run() async throws {
      let benchmark = try SumBenchmark(degree: size, only: only)
      if !json { print(BenchmarkRow.heading) }
      for row in try benchmark.rows() { print(json ? row.json : row.text) }
      if only.map("sum/store".contains) ?? true {
        let row = try await benchmark.stored(count, tasks: tasks, postgres: postgres)
        print(json ? row.json : row.text)
      }
      if only.map("sum/accept".contains) ?? true {
        let programs = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let row = try await SumAcceptBenchmark(programs: programs, degree: size, count: count, tasks: tasks)
          .run()
        print(json ? row.json : row.text)
      }
    }
  }
}
#endif
