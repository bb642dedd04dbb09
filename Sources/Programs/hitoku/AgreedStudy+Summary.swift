#if Services
import CrossStatistics
import SetIntersection
import Studies

extension AgreedStudy {
  /// What each side will learn, what a run sends, what it costs: for `hitoku psi plan`.
  var summary: [String] {
    let points = shape.matching.points + shape.matching.rows
    var bytes = MatchingShape.pointBytes * (points + 1) + shape.matching.hashBytes * shape.matching.hashes
    if let aggregation = shape.aggregation {
      let literal = aggregation.parameters.literal
      let bits = aggregation.parameters.modulus(atLevel: aggregation.parameters.topLevel).bitWidth
      bytes +=
        aggregation.packs * aggregation.chunks * literal.degree * (bits - literal.uploadDroppedBits) / 8
      bytes += aggregation.answers * literal.degree * (literal.answerBits?.c1 ?? 0) / 8
    }
    let lists =
      "public list lengths: analyst \(shape.matching.points) points, provider \(shape.matching.rows)"
    return [
      "study     \(study.name)", "digest    \(hexadecimal(study.digest))",
      "analyst   learns \(learned), and nothing about single records", "provider  learns \(providerLearns)",
      "both      see \(lists)", "traffic   \(bytes / 1_000_000) MB in all",
      "privacy   \(study.privacy == nil ? "none: exact results by agreement" : "\(plan.cost.epsilon) in all, \(plan.cost.delta)")",
    ]
  }

  private var learned: String {
    switch study.mode {
    case .elements: "which of its ids the provider has"
    case .count: "how many of its ids the provider has, for each of \(plan.groups.count) groups"
    case .sum, .cross:
      "\(plan.releases.count) tables of \(plan.groups.count) groups × \(plan.cells.count) cells"
        + ", and matched rows per group behind dummies"
    }
  }

  private var providerLearns: String {
    shape.tellsProvider ? "which of its ids the analyst has" : "nothing but the public lengths"
  }
}
#endif
