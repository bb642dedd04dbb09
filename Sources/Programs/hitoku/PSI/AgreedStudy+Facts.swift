#if Services
import CrossStatistics
import Foundation
import Reports
import SetIntersection
import Studies

/// What follows from a study, in words: for `hitoku psi plan` and for reports.
extension AgreedStudy {
  /// What was agreed, who learns what, and at which price in privacy.
  var sections: [Report.Section] {
    [
      Report.Section(
        "Agreement",
        [
          .init("Study", study.name, key: "study"), .init("Mode", study.mode.rawValue, key: "mode"),
          .init("Digest of the study", hexadecimal(study.digest), key: "study_digest"),
          .init("Population", study.population, key: "population"),
        ]),
      Report.Section(
        "Who learns what",
        [
          .init("The analyst", learned, key: "analyst_learns"),
          .init("The provider", providerLearns, key: "provider_learns"),
          .init(
            "Both",
            "the public lengths: \(grouped(shape.matching.points)) points of the analyst, \(grouped(shape.matching.rows)) of the provider",
            key: "both_learn"),
        ]),
      Report.Section("Privacy", privacy),
    ]
  }

  private var privacy: [Report.Fact] {
    guard let privacy = study.privacy else {
      return [.init("Noise", "none: exact results, by agreement", key: "privacy")] + hiding
    }
    var facts = [
      Report.Fact(
        "ε of the match counts", "\(privacy.match)", key: "epsilon_match", json: .number("\(privacy.match)"))
    ]
    if !plan.releases.isEmpty {
      facts.append(
        .init(
          "ε of the counts", "\(privacy.counts)", key: "epsilon_counts", json: .number("\(privacy.counts)")))
      for (measure, part) in zip(study.measures, privacy.measures) {
        facts.append(
          .init("ε of \(measure.column), totals", "\(part.sum)", key: "epsilon_\(measure.column)_sum"))
        if measure.needsSquares {
          facts.append(
            .init(
              "ε of \(measure.column), squares", "\(part.squares)", key: "epsilon_\(measure.column)_squares"))
        }
      }
    }
    facts.append(
      .init(
        "ε in all", "\(plan.cost.epsilon)", key: "epsilon", json: .number("\(plan.cost.epsilon)")))
    facts.append(.init("δ in all", "\(plan.cost.delta)", key: "delta"))
    if let publication = shape.publication {
      facts.append(
        .init(
          "The analyst's own noise",
          "\(publication.epsilon), charged to its ledger: the result may be passed on",
          key: "epsilon_publication"))
    }
    return facts + widths + hiding
  }

  /// How far numbers of this study are from the true ones.
  private var widths: [Report.Fact] {
    guard !plan.releases.isEmpty else {
      let scale = plan.dummies.map { 1 / (Double($0.epsilon.micros) / 1e6) } ?? 0
      return [width("count", scale, 0)]
    }
    return plan.releases.compactMap { release in
      guard let scale = release.release.noise?.scale else { return nil }
      let spread = Double(scale.numerator) / Double(scale.denominator)
      switch release.content {
      case .count: return width("count", spread, 0)
      case .sum(let index):
        let measure = study.measures[index]
        return width(
          "total of \(measure.column)", spread / pow(10, Double(measure.decimals)), measure.decimals)
      case .squares: return nil
      }
    }
  }

  private func width(_ name: String, _ scale: Double, _ decimals: Int) -> Report.Fact {
    let half = fixedUp(log(20) * scale * (shape.publication == nil ? 1 : 2.0.squareRoot()), decimals)
    return .init(
      "Noise of a \(name)", "within ±\(half) in 95 of 100 cases",
      key: "pm95_\(name.replacing(" ", with: "_"))",
      json: .number(half))
  }

  private var hiding: [Report.Fact] {
    guard study.minimumCount > 0, study.suppression == .secure || study.minimumCount > 1 else { return [] }
    let what = "what has a count below \(study.minimumCount)"
    return study.suppression == .secure
      ? [.init("Opened to nobody", "\(what), noise included", key: "minimum_count")]
      : [.init("Not shown", what, key: "minimum_count")]
  }

  /// Bytes on the wire, without the frames around them.
  var trafficBytes: Int {
    let points = shape.matching.points + shape.matching.rows
    var bytes = MatchingShape.pointBytes * (points + 1) + shape.matching.hashBytes * shape.matching.hashes
    if let aggregation = shape.aggregation {
      let literal = aggregation.parameters.literal
      let bits = aggregation.parameters.modulus(atLevel: aggregation.parameters.topLevel).bitWidth
      bytes +=
        aggregation.packs * aggregation.chunks * literal.degree * (bits - literal.uploadDroppedBits) / 8
      bytes += aggregation.answers * literal.degree * (literal.answerBits?.c1 ?? 0) / 8
    }
    return bytes + openingBytes
  }

  /// What the circuit that opens cells adds to it.
  private var openingBytes: Int { (try? shape.aggregation?.openingByteCount()) ?? 0 }

  /// What a run takes.
  func costs(_ estimate: RunEstimate) -> [Report.Fact] {
    let opening = openingBytes
    let share =
      opening == 0
      ? []
      : [
        Report.Fact(
          "Of it to open cells", "\(byteCount(opening)), and about \(duration(estimate.openingSeconds))",
          key: "opening_bytes", json: .integer(opening))
      ]
    return [.init("Traffic", byteCount(trafficBytes), key: "bytes", json: .integer(trafficBytes))] + share + [
      .init(
        "Time", "about \(duration(estimate.seconds)) when both sides are like this machine, without the link",
        key: "seconds", json: .number(fixed(estimate.seconds, 2))),
      .init(
        "The link adds", "\(duration(Double(trafficBytes) * 8 / 1e8)) at 100 Mbit/s", key: "link_time"),
    ]
  }

  /// Whether tables of these sizes fit the caps, and caps the tables.
  func advice(rowsAnalyst: Int?, rowsProvider: Int?) -> [Report.Fact] {
    var facts: [Report.Fact] = []
    func compare(_ rows: Int, _ cap: Int, _ who: String, _ field: String, key: String) {
      let text =
        rows > cap
        ? "\(grouped(rows)) exceed \(field) = \(grouped(cap)): the run would be refused. Agree on a larger cap."
        : rows * 4 < cap
          ? "\(grouped(rows)) use a small part of \(field) = \(grouped(cap)): a smaller cap makes the run shorter."
          : "\(grouped(rows)) fit \(field) = \(grouped(cap))."
      facts.append(.init(who, text, key: key))
    }
    if let rowsAnalyst {
      compare(
        rowsAnalyst, study.analyst.maximumIDs, "The analyst's ids", "analyst.maximum_ids", key: "analyst_rows"
      )
    }
    if let rowsProvider {
      compare(
        rowsProvider, study.provider.maximumRows, "The provider's rows", "provider.maximum_rows",
        key: "provider_rows")
    }
    return facts
  }

  private var learned: String {
    let hidden = study.privacy == nil ? "" : ", with noise"
    return switch study.mode {
    case .elements: "which of its ids the provider has"
    case .count:
      plan.groups.count == 1
        ? "how many of its ids the provider has\(hidden)"
        : "how many of its ids the provider has, for each of \(plan.groups.count) groups\(hidden)"
    case .sum, .cross:
      "\(plan.releases.count) tables of \(plan.groups.count) × \(plan.cells.count) totals\(hidden)\(opened), and how many of the provider's ids matched each group\(study.privacy == nil ? "" : " behind dummies")"
    }
  }

  private var opened: String {
    study.suppression == .secure
      ? " where a cell's count, noise included, reaches \(study.minimumCount), and which do not" : ""
  }

  private var providerLearns: String {
    guard study.result.receiver == .both else { return "nothing but the public lengths" }
    return study.mode == .elements ? "which of its ids the analyst has" : "the same, from the analyst"
  }
}
#endif
