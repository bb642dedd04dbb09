#if Services
import LabeledLookup
import LeakCheck
import ObliviousPRF
import ServiceContracts

extension LeakSession {
  /// Asks what `plan` says.
  ///
  /// `progress` gets the number of distinct questions that are answered. Where the task is cancelled, or the connection or
  /// the server's patience ends after the first answers, those are the outcome. An answer that no correct server
  /// can have encrypted ends in `malformedAnswer` after all questions were asked: which requests go out, and when, depends on no answer.
  public func check(
    _ plan: LeakCheckPlan, progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) async throws(LeakClientError) -> LeakCheckOutcome {
    var schedule = RequestSchedule(document.limits)
    var answers: [LookupResult] = []
    var ending: LeakClientError?
    do throws(LeakClientError) {
      if plan.inBatches, let batch {
        try await askBatches(plan.distinct, batch, &answers, &schedule, progress)
      } else {
        try await askSingly(plan.distinct, &answers, &schedule, progress)
      }
    } catch {
      switch error {
      case .stopped: ending = error
      case .refused(let problem, _) where problem.kind == .unknownVersion:
        // Before the first query was sent, the caller starts over.
        throw schedule.queries == 0 ? error : .databaseChanged
      case .unreachable where !answers.isEmpty, .refused where !answers.isEmpty: ending = error
      default: throw error
      }
    }
    guard !answers.contains(.unsound) else { throw .malformedAnswer }
    let known = answers.map { LeakAnswer($0) }
    return LeakCheckOutcome(
      answers: plan.places.map { known.indices.contains($0) ? known[$0] : nil }, ending: ending)
  }

  /// Outputs of entries behind the PRF, with the proof checked.
  private func evaluate(
    _ entries: [LeakEntry], paddedTo count: Int, _ schedule: inout RequestSchedule
  ) async throws(LeakClientError) -> LeakOutputs {
    let request: LeakRequest
    do { request = try LeakRequest(entries, verifying: key, paddedCount: count) } catch { throw .wrongKind }
    try await schedule.wait()
    let sent = request.bytes
    let answer = try await server.post(
      sent, to: .evaluate(version: document.version), answer: sent.count + Self.proofByteCount)
    do { return try request.finish(answer) } catch {
      throw error == .invalidProof ? .invalidProof : .malformedAnswer
    }
  }

  private static let proofByteCount = 64

  private func askSingly(
    _ questions: [LeakQuestion], _ answers: inout [LookupResult], _ schedule: inout RequestSchedule,
    _ progress: @Sendable (Int, Int) -> Void
  ) async throws(LeakClientError) {
    // Keys of a client span one table.
    var tables: [Int: TableSession] = [:]
    var arrival = Duration.zero
    for (index, question) in questions.enumerated() {
      if index > 0 { try await schedule.waitForSlot(after: arrival) }
      let bucket = question.user?.bucket(of: document.buckets) ?? 0
      let table: TableSession
      if let known = tables[bucket] {
        table = known
      } else {
        try await schedule.wait()
        table = try TableSession(
          parameters, try await description(.description(version: document.version, bucket: bucket)))
        tables[bucket] = table
      }
      let outputs = try await evaluate([question.entry], paddedTo: 1, &schedule)
      let query = try Self.query(table, outputs.outputs[0])
      let response = try await ask(query, of: table, bucket, &schedule)
      arrival = schedule.now
      do { answers.append(try query.finish(response)) } catch { throw .malformedAnswer }
      progress(index + 1, questions.count)
    }
  }

  private static func query(
    _ table: TableSession, _ output: [UInt8]
  ) throws(LeakClientError) -> LookupQuery {
    do { return try table.client.query(output: output) } catch { throw .malformedAnswer }
  }

  private func ask(
    _ query: borrowing LookupQuery, of table: TableSession, _ bucket: Int,
    _ schedule: inout RequestSchedule
  ) async throws(LeakClientError) -> [UInt8] {
    let body = table.client.expansionKeys + query.bytes
    try await schedule.wait(isQuery: true)
    return try await server.post(
      body, to: .lookup(version: document.version, bucket: bucket), answer: document.lookup.responseBytes)
  }

  private func askBatches(
    _ questions: [LeakQuestion], _ batch: BatchParameters, _ answers: inout [LookupResult],
    _ schedule: inout RequestSchedule, _ progress: @Sendable (Int, Int) -> Void
  ) async throws(LeakClientError) {
    let table = try await description(.batchDescription(version: document.version))
    var arrival = Duration.zero
    for start in stride(from: 0, to: questions.count, by: batchSize) {
      if start > 0 { try await schedule.waitForSlot(after: arrival) }
      let part = questions[start..<min(start + batchSize, questions.count)]
      let outputs = try await evaluate(
        part.map(\.entry), paddedTo: LeakRequest.largestCount, &schedule)
      let query: BatchQuery
      do { query = try BatchQuery(outputs.keys(in: table), batch, table: table) } catch {
        throw .malformedAnswer
      }
      try await schedule.wait(isQuery: true)
      let response = try await server.post(
        query.bytes, to: .batchLookup(version: document.version),
        answer: document.batch?.responseBytes ?? 0)
      arrival = schedule.now
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
#endif
