import DisclosureControl

/// What follows from a study: the shape of the result, the noise, the dummies, the public lengths of lists, and the price.
public struct StudyPlan: Sendable, Hashable {
  /// A kind of number in the result, with its noise and the room it needs.
  public struct Release: Sendable, Hashable {
    /// What is added up.
    public enum Content: Sendable, Hashable {
      /// Rows.
      case count
      /// The measure of this index.
      case sum(measure: Int)
      /// The squares of the measure of this index, in squared units.
      case squares(measure: Int)
    }
    /// What is added up.
    public let content: Content
    /// ε of all numbers of this kind together; nil for exact results.
    public let epsilon: Epsilon?
    /// Sensitivity, noise, range and radix.
    public let release: NoisyRelease
  }

  /// δ of the dummies' truncation is at most this.
  public static let matchDelta = Delta(powerOfHalf: 40)
  /// Some entry shows a value that a neighbour's could not, with at most this probability in all tables together.
  public static let rangeDelta = Delta(powerOfHalf: 41)
  /// The answers' flooding is this close to uniform, over all answers.
  public static let floodingDelta = Delta(powerOfHalf: 40)
  /// Hashes of different points agree with at most this probability, over all pairs.
  public static let collisionBits = 40

  /// The labels of each group, in the order of the result: the last column's labels change fastest. One group without
  /// labels where the study names none.
  public let groups: [[String]]
  /// The labels of each cell, in the same order.
  public let cells: [[String]]
  /// What is released for each group and cell; empty in modes `elements` and `count`.
  public let releases: [Release]
  /// What hides a match count; nil for exact results.
  public let dummies: DummyDistribution?
  /// The public length of each group's list of the analyst's points.
  public let groupLengths: [Int]
  /// The public length of the provider's list, dummies included.
  public let providerLength: Int
  /// The bits of a short hash: at least log2 of all pairs that are compared, and 40.
  public let hashBits: Int
  /// Charged before the hashes are sent; zero for exact results.
  public let matchCost: PrivacyCost
  /// Charged before the answers are sent; zero for exact results and where there are none.
  public let cellsCost: PrivacyCost

  /// Both charges together.
  public var cost: PrivacyCost { matchCost + cellsCost }

  /// The public length of the list of short hashes of a group, dummies included.
  public func hashLength(group: Int) -> Int { groupLengths[group] + (dummies?.maximum ?? 0) }
}

extension StudyPlan {
  /// Derives everything; throws `conflict` where the study asks for more than can be computed or than its δ pays for.
  init(_ study: Study) throws(StudyError) {
    groups = study.analyst.groups.combinations
    cells = study.provider.cells.combinations
    groupLengths = study.analyst.maximumIDsPerGroup
    releases = try Self.releases(study, outputs: groups.count * cells.count)
    dummies = try Self.dummies(study)
    providerLength = study.provider.maximumIDs + (dummies?.maximum ?? 0) * groups.count
    let hashes = groupLengths.reduce(0, +) + (dummies?.maximum ?? 0) * groups.count
    hashBits = Self.bits(hashes) + Self.bits(providerLength) + Self.collisionBits
    matchCost = dummies.map { PrivacyCost(epsilon: $0.epsilon, delta: $0.delta) } ?? .zero
    cellsCost = Self.cellsCost(study, hasReleases: !releases.isEmpty)
    if let privacy = study.privacy, cost.delta > privacy.delta {
      throw .conflict(
        field: "privacy.delta",
        hint: "the run needs \(cost.delta), rounded up to a power of two. Allow 2^-38.")
    }
  }

  private static func cellsCost(_ study: Study, hasReleases: Bool) -> PrivacyCost {
    guard let privacy = study.privacy, hasReleases else { return .zero }
    return PrivacyCost(epsilon: privacy.cells, delta: rangeDelta + floodingDelta)
  }

  private static func dummies(_ study: Study) throws(StudyError) -> DummyDistribution? {
    guard let privacy = study.privacy else { return nil }
    do {
      return try DummyDistribution(epsilon: privacy.match, delta: matchDelta)
    } catch {
      throw .conflict(
        field: "privacy.epsilon.match",
        hint: "is too small: it would take millions of dummies for each group.")
    }
  }

  private static func releases(_ study: Study, outputs: Int) throws(StudyError) -> [Release] {
    guard !study.mode.countsIDs else { return [] }
    let kinds = 1 + study.measures.reduce(0) { $0 + ($1.needsSquares ? 2 : 1) }
    let (total, overflow) = outputs.multipliedReportingOverflow(by: kinds)
    guard !overflow, total <= 1 << 20 else {
      throw .conflict(
        field: "provider.cells", hint: "groups × cells × tables exceed 2^20. Use fewer values or columns.")
    }
    let builder = ReleaseBuilder(
      study: study, outputs: outputs, rangeDelta: rangeDelta.divided(by: kinds))
    var releases = [try builder.release(.count, .count, epsilon: study.privacy?.counts)]
    for (index, measure) in study.measures.enumerated() {
      let part = study.privacy?.measures[index]
      releases.append(
        try builder.release(.sum(measure: index), builder.contribution(measure), epsilon: part?.sum))
      if measure.needsSquares {
        releases.append(
          try builder.release(
            .squares(measure: index), builder.squares(measure), epsilon: part?.squares))
      }
    }
    return releases
  }

  /// ⌈log2 x⌉ for x ≥ 1.
  private static func bits(_ x: Int) -> Int { Int.bitWidth - (x - 1).leadingZeroBitCount }
}

/// What all releases of a study have in common.
private struct ReleaseBuilder {
  let study: Study
  let outputs: Int
  let rangeDelta: Delta

  /// No cell of a group can have more rows than its ids have, nor more than there are.
  private var maximumRows: Int {
    let ids = min(study.analyst.maximumIDsPerGroup.max() ?? 0, study.provider.maximumIDs)
    return min(ids * study.maximumRowsPerID, study.provider.maximumRows)
  }

  func contribution(_ measure: Measure) throws(StudyError) -> ContributionRange {
    do {
      return switch measure.encoding {
      case .signed: try .signed(low: measure.minimum, high: measure.maximum)
      case .offset: try .offset(low: measure.minimum, high: measure.maximum)
      }
    } catch { throw Self.tooWide(measure.column) }
  }

  func squares(_ measure: Measure) throws(StudyError) -> ContributionRange {
    do {
      return switch measure.encoding {
      case .signed: try .square(low: measure.minimum, high: measure.maximum)
      case .offset: try .square(low: 0, high: measure.maximum - measure.minimum)
      }
    } catch { throw Self.tooWide(measure.column) }
  }

  func release(
    _ content: StudyPlan.Release.Content, _ contribution: ContributionRange, epsilon: Epsilon?
  ) throws(StudyError) -> StudyPlan.Release {
    do {
      let release = try NoisyRelease(
        contribution: contribution, maximumRowsPerID: study.maximumRowsPerID, maximumRows: maximumRows,
        outputs: outputs, epsilon: epsilon, rangeDelta: rangeDelta)
      return .init(content: content, epsilon: epsilon, release: release)
    } catch {
      switch content {
      case .count:
        throw .conflict(field: "maximum_rows_per_id", hint: "is too large, or ε of the counts too small.")
      case .sum(let index), .squares(let index): throw Self.tooWide(study.measures[index].column)
      }
    }
  }

  private static func tooWide(_ column: String) -> StudyError {
    .conflict(
      field: "measures",
      hint:
        "totals of \"\(column)\" are too wide: one id adds at most 2^40 units, all of them 2^59 with noise. "
        + "Use tighter bounds, fewer decimals or a larger ε.")
  }
}

extension [CategoryColumn] {
  /// All combinations of labels, the last column's changing fastest.
  var combinations: [[String]] {
    reduce([[]]) { rows, column in rows.flatMap { row in column.labels.map { row + [$0] } } }
  }
}

extension Study {
  /// Everything that follows from the study. Throws `conflict` where it asks for too much.
  public func plan() throws(StudyError) -> StudyPlan { try StudyPlan(self) }
}
