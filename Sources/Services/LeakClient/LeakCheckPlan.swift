#if Services
import LeakCheck

/// What a check may ask at most.
public struct LeakCheckLimits: Sendable, Hashable {
  /// Buckets, each of which the server sees.
  public var buckets: Int
  /// Lookups: single ones, or batches.
  public var queries: Int
  /// Buckets that users are split into: the server sees as many bits of a hash of each user's name as it has doubled them.
  public var partition: Int

  /// 64 buckets of at most 16,384, and 2,000 lookups, unless said otherwise.
  public init(buckets: Int = 64, queries: Int = 2000, partition: Int = 1 << 14) {
    (self.buckets, self.queries, self.partition) = (buckets, queries, partition)
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
  /// Throws `wrongKind`, `finePartition`, `tooManyBuckets`, `tooManyQueries`, and `beyondBudget` where the server's day is too short.
  public func plan(
    _ questions: [LeakQuestion], singly: Bool = false, limits: LeakCheckLimits = LeakCheckLimits()
  ) throws(LeakClientError) -> LeakCheckPlan {
    guard questions.allSatisfy({ ($0.user != nil) == (document.kind == .credentials) }) else {
      throw .wrongKind
    }
    guard document.buckets <= limits.partition else {
      throw .finePartition(buckets: document.buckets, allowed: limits.partition)
    }
    var known: [LeakQuestion: Int] = [:]
    var distinct: [LeakQuestion] = []
    let places = questions.map { question in
      if let place = known[question] { return place }
      known[question] = distinct.count
      distinct.append(question)
      return distinct.count - 1
    }
    // By all questions: a batch does not show that they are one and the same.
    let inBatches = batch != nil && questions.count > 1 && !singly
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
