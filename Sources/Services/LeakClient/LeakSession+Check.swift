#if Services
import LabeledLookup
import LeakCheck
import ObliviousPRF
import ServiceContracts

extension LeakSession {
  /// Whether `check` would use batches for so many questions.
  public func usesBatches(for count: Int, singly: Bool = false) -> Bool {
    batch != nil && count > 1 && !singly
  }

  /// Answers for all questions, in their order; equal ones are asked once.
  ///
  /// Where the server has a table for batches and there is more than one question, 1,024 are asked at once, padded, and answers say
  /// nothing but present or absent, unless `singly`. `progress` gets the number of distinct questions that are
  /// answered. Throws before anything is asked where the kind is wrong or the day's budget too small. An answer that no correct server
  /// can have encrypted ends in `malformedAnswer` after all questions were asked: which requests go out depends on no answer.
  public func check(
    _ questions: [LeakQuestion], singly: Bool = false,
    progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) async throws(LeakClientError) -> [LeakAnswer] {
    guard questions.allSatisfy({ ($0.user != nil) == (document.kind == .credentials) }) else {
      throw .wrongKind
    }
    var places: [LeakQuestion: Int] = [:]
    var distinct: [LeakQuestion] = []
    for question in questions where places[question] == nil {
      places[question] = distinct.count
      distinct.append(question)
    }
    guard !distinct.isEmpty else { return [] }
    let inBatches = usesBatches(for: distinct.count, singly: singly)
    let size = inBatches ? LeakRequest.largestCount : 1
    let rounds = (distinct.count + size - 1) / size
    guard rounds * size <= document.limits.elementsPerDay else {
      throw .beyondBudget(needed: rounds * size, allowed: document.limits.elementsPerDay)
    }
    var pace = RequestPace(document.limits)
    var answers: [LookupResult] = []
    do throws(LeakClientError) {
      if inBatches, let batch {
        try await askBatches(distinct, batch, &answers, &pace, progress)
      } else {
        try await askSingly(distinct, &answers, &pace, progress)
      }
    } catch {
      guard case .refused(let problem, _) = error, problem.kind == .unknownVersion else { throw error }
      // Before the first query was sent, the caller starts over.
      throw pace.queries == 0 ? error : .databaseChanged
    }
    guard !answers.contains(.unsound) else { throw .malformedAnswer }
    return questions.map { question in places[question].map { LeakAnswer(answers[$0]) } ?? .absent }
  }

  /// Outputs of entries behind the PRF, with the proof checked.
  private func evaluate(
    _ entries: [LeakEntry], paddedTo count: Int, _ pace: inout RequestPace
  ) async throws(LeakClientError) -> LeakOutputs {
    let request: LeakRequest
    do { request = try LeakRequest(entries, verifying: key, paddedCount: count) } catch { throw .wrongKind }
    await pace.wait()
    let sent = request.bytes
    let answer = try await server.post(
      sent, to: .evaluate(version: document.version), answer: sent.count + Self.proofByteCount)
    do { return try request.finish(answer) } catch {
      throw error == .invalidProof ? .invalidProof : .malformedAnswer
    }
  }

  private static let proofByteCount = 64

  private func askSingly(
    _ questions: [LeakQuestion], _ answers: inout [LookupResult], _ pace: inout RequestPace,
    _ progress: @Sendable (Int, Int) -> Void
  ) async throws(LeakClientError) {
    // Keys of a client span one table.
    var tables: [Int: TableSession] = [:]
    for (index, question) in questions.enumerated() {
      let bucket = question.user?.bucket(of: document.buckets) ?? 0
      let table: TableSession
      if let known = tables[bucket] {
        table = known
      } else {
        await pace.wait()
        table = try TableSession(
          parameters, try await description(.description(version: document.version, bucket: bucket)))
        tables[bucket] = table
      }
      let outputs = try await evaluate([question.entry], paddedTo: 1, &pace)
      answers.append(try await ask(table, bucket, outputs.outputs[0], &pace))
      progress(index + 1, questions.count)
    }
  }

  private func ask(
    _ table: TableSession, _ bucket: Int, _ output: [UInt8], _ pace: inout RequestPace
  ) async throws(LeakClientError) -> LookupResult {
    let query: LookupQuery
    do { query = try table.client.query(output: output) } catch { throw .malformedAnswer }
    await pace.wait(isQuery: true)
    let response = try await server.post(
      table.client.expansionKeys + query.bytes, to: .lookup(version: document.version, bucket: bucket),
      answer: document.lookup.responseBytes)
    do { return try query.finish(response) } catch { throw .malformedAnswer }
  }

  private func askBatches(
    _ questions: [LeakQuestion], _ batch: BatchParameters, _ answers: inout [LookupResult],
    _ pace: inout RequestPace, _ progress: @Sendable (Int, Int) -> Void
  ) async throws(LeakClientError) {
    let table = try await description(.batchDescription(version: document.version))
    let size = min(batch.literal.queries, LeakRequest.largestCount)
    for start in stride(from: 0, to: questions.count, by: size) {
      let part = questions[start..<min(start + size, questions.count)]
      let outputs = try await evaluate(
        part.map(\.entry), paddedTo: LeakRequest.largestCount, &pace)
      let query: BatchQuery
      do { query = try BatchQuery(outputs.keys(in: table), batch, table: table) } catch {
        throw .malformedAnswer
      }
      await pace.wait(isQuery: true)
      let response = try await server.post(
        query.bytes, to: .batchLookup(version: document.version),
        answer: document.batch?.responseBytes ?? 0)
      do {
        let results = try query.finish(response)
        answers += outputs.places.map { results[$0] }
      } catch { throw .malformedAnswer }
      progress(start + part.count, questions.count)
    }
  }

  private func description(_ path: LeakPath) async throws(LeakClientError) -> TableDescription {
    let bytes = try await server.get(path, limit: 1 << 17)
    do { return try TableDescription(decoding: bytes) } catch { throw .malformedAnswer }
  }
}

extension LeakAnswer {
  fileprivate init(_ result: LookupResult) {
    switch result {
    case .absent, .unsound: self = .absent
    case .present(let label): self = .present(LeakLabel(decoding: label))
    }
  }
}

/// A client of one table, which questions share.
private final class TableSession: Sendable {
  let client: LookupClient

  /// Throws `malformedAnswer` where the description is not of the set.
  init(_ parameters: LookupParameters, _ table: TableDescription) throws(LeakClientError) {
    do { client = try LookupClient(parameters, table: table) } catch { throw .malformedAnswer }
  }
}

/// Keeps a long check below the server's requests a minute, so that few are refused.
private struct RequestPace {
  private let interval: Duration
  /// Requests that go out at full speed.
  private let burst: Int
  private let start = ContinuousClock.now
  private var sent = 0
  /// Lookups that went out.
  private(set) var queries = 0

  /// Half of what is allowed at once, since others may share the address; then a little slower than allowed.
  init(_ limits: LeakDocument.Limits) {
    interval = .seconds(63) / limits.requestsPerMinute
    burst = limits.burst / 2
  }

  mutating func wait(isQuery: Bool = false) async {
    try? await Task.sleep(until: start + interval * max(0, sent - burst), clock: .continuous)
    sent += 1
    if isQuery { queries += 1 }
  }
}
#endif
