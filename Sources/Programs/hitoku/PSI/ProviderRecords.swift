#if Services
import CrossStatistics
import DisclosureControl
import Studies

/// What the provider brings to a run: its rows added up per id and cell, its noise, its dummies, freshly drawn.
struct ProviderRecords {
  let ids: [[UInt8]]
  let records: ProviderRun.Records
  let dummies: [Int]

  init(_ agreed: AgreedStudy, table: ProviderTable) {
    let plan = agreed.plan
    ids = (0..<table.identifiers.count).map { Array(table.identifiers[$0]) }
    var coins = RandomCoins.fromSystem()
    dummies = plan.groups.indices.map { _ in plan.dummies?.sample(using: &coins) ?? 0 }
    guard !plan.releases.isEmpty else {
      records = ProviderRun.Records(weights: [], noise: [])
      return
    }
    records = ProviderRun.Records(
      weights: Self.weights(agreed, table),
      noise: plan.cells.map { _ in
        plan.releases.map { release in
          plan.groups.map { _ in
            // Beyond its bound with a probability that the study's δ pays for.
            let bound = release.release.noiseBound
            let noise = release.release.noise?.sample(using: &coins) ?? 0
            return Int64(max(-bound, min(bound, noise)))
          }
        }
      })
  }

  /// For each cell and release one weight per id that has rows there.
  private static func weights(
    _ agreed: AgreedStudy, _ table: ProviderTable
  ) -> [[[(id: Int, weight: Int64)]]] {
    let plan = agreed.plan
    var sums = [[Int32: [Int64]]](repeating: [:], count: plan.cells.count)
    let zeros = [Int64](repeating: 0, count: plan.releases.count)
    for (row, (id, cell)) in zip(table.rowIdentifiers, table.rowCells).enumerated() {
      for (index, release) in plan.releases.enumerated() {
        sums[Int(cell)][id, default: zeros][index] += contribution(release.content, row, agreed.study, table)
      }
    }
    return sums.map { cell in
      let ids = cell.keys.sorted()
      return plan.releases.indices.map { index in
        ids.map { (id: Int($0), weight: cell[$0]?[index] ?? 0) }
      }
    }
  }

  private static func contribution(
    _ content: StudyPlan.Release.Content, _ row: Int, _ study: Study, _ table: ProviderTable
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
