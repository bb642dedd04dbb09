#if Services
import CrossStatistics
import DisclosureControl
import Studies

// What a side brings to a run, freshly drawn: the provider its rows added up per id and cell, its noise and its dummies;
// the analyst its own noise where the result is to be passed on.
extension AgreedStudy {
  /// The analyst's noise, of the provider's distributions; none where nothing is passed on.
  func publicationNoise() throws -> CellNoise {
    guard shape.publication != nil else { return CellNoise() }
    var coins = RandomCoins.fromSystem()
    if let aggregation = shape.aggregation {
      return CellNoise(aggregation.shape, plan.releases.map(\.release.noise), using: &coins)
    }
    let scale = try plan.dummies.map { try NoiseScale(sensitivity: 1, epsilon: $0.epsilon) }
    // One id changes one count by one; the range is far beyond what the noise reaches.
    let counts = AggregationShape(
      rows: shape.matching.rows, groups: plan.groups.count, cells: 1,
      tables: [.init(weightBound: 1, totalBound: 1 << 40, noiseBound: 1 << 40)])
    return CellNoise(counts, [scale.map { DiscreteLaplace(scale: $0) }], using: &coins)
  }

  /// The number of each group's dummies.
  func drawDummies() -> [Int] {
    var coins = RandomCoins.fromSystem()
    return plan.groups.indices.map { _ in plan.dummies?.sample(using: &coins) ?? 0 }
  }

  /// Weights and noise.
  func records(_ table: ProviderTable) -> ProviderRun.Records {
    guard let aggregation = shape.aggregation else { return ProviderRun.Records() }
    var coins = RandomCoins.fromSystem()
    let noise = CellNoise(aggregation.shape, plan.releases.map(\.release.noise), using: &coins)
    let weights = CellWeights(
      cells: plan.cells.count, tables: plan.releases.count, identifierCount: table.identifiers.count,
      rowIdentifiers: table.rowIdentifiers, rowCells: table.rowCells
    ) { row, release in contribution(plan.releases[release].content, row, table) }
    return ProviderRun.Records(weights: weights, noise: noise)
  }

  private func contribution(
    _ content: StudyPlan.Release.Content, _ row: Int, _ table: ProviderTable
  ) -> Int64 {
    func encoded(_ measure: Int) -> Int64 {
      let value = table.values[measure][row]
      return Int64(
        study.measures[measure].encoding == .offset ? value - study.measures[measure].minimum : value)
    }
    switch content {
    case .count: return 1
    case .sum(let measure): return encoded(measure)
    case .squares(let measure): return encoded(measure) * encoded(measure)
    }
  }
}
#endif
