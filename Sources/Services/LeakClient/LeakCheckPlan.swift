#if Services
import LeakCheck

/// What a check may ask at most.
public struct LeakCheckLimits: Sendable, Hashable {
  /// Buckets, each of which the server sees.
  public var buckets: Int
  /// Lookups: single ones, or batches.
  public var queries: Int

  /// 64 buckets and 2,000 lookups, unless said otherwise.
  public init(buckets: Int = 64, queries: Int = 2000) {
    (self.buckets, self.queries) = (buckets, queries)
  }
}

/// What a check will ask; nothing was asked yet.
public struct LeakCheckPlan: Sendable {
  /// Whether 1,024 go at once, padded.
  public let inBatches: Bool
  /// Lookups that the server will see.
  public let queries: Int
  /// Buckets that the server will see; 1 for lists of passwords.
  public let buckets: Int
  /// About how long it takes, the way to the server apart.
  public let duration: Duration
  /// Equal questions are asked once.
  let distinct: [LeakQuestion]
  /// For each question its place among them.
  let places: [Int]
}

/// What a check came to.
public struct LeakCheckOutcome: Sendable {
  /// In the order of the questions; nil where none came.
  public let answers: [LeakAnswer?]
  /// What ended it before everything was asked; nil for a complete check.
  public let ending: LeakClientError?
}

extension LeakSession {
  /// Plans a check. Where the server has a table for batches and there is more than one question, 1,024 are asked at once, and answers
  /// say nothing but present or absent, unless `singly`.
  ///
  /// Throws `wrongKind`, `tooManyBuckets`, `tooManyQueries`, and `beyondBudget` where the server's day is too short.
  public func plan(
    _ questions: [LeakQuestion], singly: Bool = false, limits: LeakCheckLimits = LeakCheckLimits()
  ) throws(LeakClientError) -> LeakCheckPlan {
    guard questions.allSatisfy({ ($0.user != nil) == (document.kind == .credentials) }) else {
      throw .wrongKind
    }
    var known: [LeakQuestion: Int] = [:]
    var distinct: [LeakQuestion] = []
    let places = questions.map { question in
      if let place = known[question] { return place }
      known[question] = distinct.count
      distinct.append(question)
      return distinct.count - 1
    }
    let inBatches = batch != nil && distinct.count > 1 && !singly
    let size = inBatches ? batchSize : 1
    let queries = (distinct.count + size - 1) / size
    let elements = queries * (inBatches ? LeakRequest.largestCount : 1)
    let buckets = Set(distinct.map { $0.user?.bucket(of: document.buckets) ?? 0 }).count
    guard buckets <= limits.buckets else { throw .tooManyBuckets(needed: buckets, allowed: limits.buckets) }
    guard queries <= limits.queries else { throw .tooManyQueries(needed: queries, allowed: limits.queries) }
    guard elements <= document.limits.elementsPerDay else {
      throw .beyondBudget(needed: elements, allowed: document.limits.elementsPerDay)
    }
    let duration = RequestSchedule(document.limits)
      .duration(queries: queries, requests: 2 * queries + buckets)
    return LeakCheckPlan(
      inBatches: inBatches, queries: queries, buckets: buckets, duration: duration, distinct: distinct,
      places: places)
  }

  /// Distinct questions of a batch.
  var batchSize: Int { min(batch?.literal.queries ?? 1, LeakRequest.largestCount) }
}
#endif
