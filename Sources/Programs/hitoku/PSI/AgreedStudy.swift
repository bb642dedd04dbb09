#if Services
import CrossStatistics
import SetIntersection
import Studies

/// A study with everything that both parties derive from it.
struct AgreedStudy: Sendable {
  let study: Study
  let plan: StudyPlan
  let shape: RunShape

  /// Reads and derives. Throws what is wrong with a hint.
  init(path: String) throws {
    do {
      study = try Study(decoding: readWholeFile(path, limit: Study.maximumByteCount))
      plan = try study.plan()
    } catch { throw CommandFailure(error) }
    let matching = try MatchingShape(
      purpose: study.mode == .elements ? .elements : .statistics, groupLengths: plan.groupLengths,
      maximumDummies: plan.dummies?.maximum ?? 0, rows: plan.providerLength, hashBits: plan.hashBits,
      salt: study.digest)
    var aggregation: AggregationPlan?
    if !plan.releases.isEmpty {
      let rowsPerID = Int64(study.maximumRowsPerID)
      let isSecure = study.suppression == .secure
      let addsBefore = isSecure && study.result.publish
      aggregation = try AggregationPlan(
        AggregationShape(
          rows: plan.providerLength, groups: plan.groups.count, cells: plan.cells.count,
          tables: plan.releases.map { release in
            .init(
              weightBound: max(1, Int64(release.release.contribution.magnitude) * rowsPerID),
              totalBound: Int64(max(release.release.high, -release.release.low)),
              noiseBound: Int64(release.release.noiseBound),
              publicationBound: addsBefore ? Int64(release.release.noiseBound) : 0)
          }, opening: isSecure ? .cells(minimum: Int64(study.minimumCount)) : .everything))
    }
    shape = try RunShape(
      digest: study.digest, matching: matching, aggregation: aggregation,
      disclosure: study.result.receiver == .analyst
        ? .nothing : study.mode == .elements ? .commonRows : .tables,
      price: study.privacy == nil ? .exact : .noisy(match: plan.matchCost, cells: plan.cellsCost),
      publication: study.result.publish ? (plan.releases.isEmpty ? plan.matchCost : plan.cellsCost) : nil)
  }
}
#endif
