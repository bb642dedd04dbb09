import CrossStatistics
import TestSupport
import Testing

@Suite struct AggregationTests {
  /// Both halves on random rows: every entry is the plain sum plus its noise.
  @Test(arguments: [
    AggregationShape(
      rows: 20_000, groups: 7, cells: 3, tables: [.init(weightBound: 1, totalBound: 15_000, noiseBound: 100)]),
    AggregationShape(
      rows: 9_000, groups: 27, cells: 2,
      tables: [
        .init(weightBound: 575, totalBound: 575 * 9_000, noiseBound: 1 << 20),
        .init(weightBound: 575 * 150, totalBound: 575 * 150 * 9_000, noiseBound: 1 << 26),
        .init(weightBound: 200, totalBound: 200 * 9_000, noiseBound: 0),
      ]),
    AggregationShape(
      rows: 1, groups: 1, cells: 1, tables: [.init(weightBound: 1, totalBound: 1, noiseBound: 0)]),
  ])
  func entriesArePlainSumsPlusNoise(shape: AggregationShape) throws {
    var random = SeededGenerator()
    let plan = try AggregationPlan(shape)
    var members = [Int?](repeating: nil, count: shape.rows)
    for row in (0..<shape.rows).shuffled(using: &random).prefix(shape.rows * 3 / 4 + 1) {
      members[row] = Int.random(in: 0..<shape.groups, using: &random)
    }
    let upload = try GroupUpload(plan, members: members)
    var received = Aggregator.Uploads()
    for index in 0..<upload.uploadCount { try received.append(upload.upload(index), plan: plan) }
    let aggregator = try Aggregator(plan, publicKey: upload.publicKey(), uploads: received)
    for _ in 0..<shape.cells {
      var weights: [Aggregator.Weights] = []
      var noise: [[Int64]] = []
      for table in shape.tables {
        let rows = (0..<shape.rows).filter { _ in
          Int.random(in: 0..<3, using: &random) == 0 || shape.rows == 1
        }
        weights.append(
          rows.map {
            (
              $0,
              Bool.random(using: &random)
                ? table.weightBound : Int64.random(in: -table.weightBound...table.weightBound, using: &random)
            )
          })
        noise.append(
          (0..<shape.groups).map { _ in Int64.random(in: -table.noiseBound...table.noiseBound, using: &random)
          })
      }
      let answers = try aggregator.answers(weights: weights, noise: noise)
      for pack in 0..<plan.packs {
        let opened = try upload.open(answers[pack], pack: pack)
        for table in shape.tables.indices {
          for (offset, value) in opened[table].enumerated() {
            let group = pack * plan.groupsPerPack + offset
            let sum = weights[table].reduce(Int64(0)) { members[$1.row] == group ? $0 + $1.weight : $0 }
            #expect(value == sum + noise[table][group], "group \(group), table \(table), seed \(random.seed)")
          }
        }
      }
    }
  }
}
