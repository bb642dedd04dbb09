import ByteCoding
import CrossStatistics
import DisclosureControl
import SetIntersection
import Studies
import Tables
import Testing

/// A study, both tables as text, and the run between them: from CSV to result, without a network.
struct StudyRun {
  let study: Study
  let plan: StudyPlan
  let analyst: AnalystTable
  let provider: ProviderTable

  init(_ json: String, analyst: String, provider: String) throws {
    study = try Study(decoding: Array(json.utf8))
    plan = try study.plan()
    self.analyst = try AnalystTable(CSVReader(ByteSource(bytes: Array(analyst.utf8))), study: study)
    self.provider = try ProviderTable(CSVReader(ByteSource(bytes: Array(provider.utf8))), study: study)
  }

  private func shape() throws -> RunShape {
    let matching = try MatchingShape(
      purpose: study.mode == .elements ? .elements : .statistics, groupLengths: plan.groupLengths,
      maximumDummies: plan.dummies?.maximum ?? 0, rows: plan.providerLength, hashBits: plan.hashBits,
      salt: study.digest)
    let tables = plan.releases.map { release in
      AggregationShape.Table(
        weightBound: max(1, Int64(release.release.contribution.magnitude * study.maximumRowsPerID)),
        totalBound: Int64(max(release.release.high, -release.release.low)),
        noiseBound: Int64(release.release.noiseBound))
    }
    return try RunShape(
      digest: study.digest, matching: matching,
      aggregation: tables.isEmpty
        ? nil
        : AggregationPlan(
          AggregationShape(
            rows: plan.providerLength, groups: plan.groups.count, cells: plan.cells.count, tables: tables)),
      disclosure: study.mode == .elements && study.result.receiver == .both ? .commonRows : .nothing,
      price: study.privacy == nil ? .exact : .noisy(match: plan.matchCost, cells: plan.cellsCost))
  }

  /// Runs both machines; the result, and what the provider was told.
  func result() throws -> (result: AnalystRun.Result, told: ByteStrings) {
    let shape = try shape()
    var analystRun = try AnalystRun(shape, identifiers: analyst.identifiers, groups: analyst.groups)
    var coins = RandomCoins.fromSystem()
    let dummies = plan.groups.map { _ in plan.dummies?.sample(using: &coins) ?? 0 }
    var records = ProviderRun.Records()
    if let aggregation = shape.aggregation {
      let weights = CellWeights(
        cells: plan.cells.count, tables: plan.releases.count, identifierCount: provider.identifiers.count,
        rowIdentifiers: provider.rowIdentifiers, rowCells: provider.rowCells
      ) { row, release in Int64(contribution(plan.releases[release].content, row)) }
      records = ProviderRun.Records(
        weights: weights,
        noise: CellNoise(aggregation.shape, plan.releases.map(\.release.noise), using: &coins))
    }
    var providerRun = try ProviderRun(
      shape, identifiers: provider.identifiers, dummies: dummies, records: records)
    var log: [String] = []
    try drive(&analystRun, &providerRun, price: shape.price, log: &log)
    return (analystRun.result(), providerRun.commonIDs)
  }

  /// What a row of the provider adds.
  private func contribution(_ content: StudyPlan.Release.Content, _ row: Int) -> Int {
    func encoded(_ measure: Int) -> Int {
      let offset = study.measures[measure].encoding == .offset ? study.measures[measure].minimum : 0
      return provider.values[measure][row] - offset
    }
    return switch content {
    case .count: 1
    case .sum(let measure): encoded(measure)
    case .squares(let measure): encoded(measure) * encoded(measure)
    }
  }

  /// The plain join: for each release, group and cell the sum over the rows whose id is in the group.
  func plainJoin() -> [[[Int64]]] {
    var groupOf: [[UInt8]: Int32] = [:]
    for (index, identifier) in analyst.identifiers.enumerated() {
      groupOf[Array(identifier)] = analyst.groups[index]
    }
    let empty = [[Int64]](repeating: [Int64](repeating: 0, count: plan.cells.count), count: plan.groups.count)
    return plan.releases.map { release in
      var table = empty
      for (row, identifier) in provider.rowIdentifiers.enumerated() {
        guard let group = groupOf[Array(provider.identifiers[Int(identifier)])] else { continue }
        table[Int(group)][Int(provider.rowCells[row])] += Int64(contribution(release.content, row))
      }
      return table
    }
  }

  /// The ids that both tables have, in the order of the analyst's.
  func commonIdentifiers() -> [[UInt8]] {
    let other = Set(provider.identifiers.map { Array($0) })
    return analyst.identifiers.map { Array($0) }.filter { other.contains($0) }
  }
}
