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
    AggregationShape(
      rows: 5_000, groups: 2, cells: 40, tables: [.init(weightBound: 9, totalBound: 45_000, noiseBound: 7)]),
  ])
  func entriesArePlainSumsPlusNoise(shape: AggregationShape) throws {
    var random = SeededGenerator()
    let plan = try AggregationPlan(shape)
    let labels = (0..<shape.rows).map { _ in Int32.random(in: -1..<Int32(shape.groups), using: &random) }
    let upload = try GroupUpload(plan, labels: labels)
    // Ids stand in rows of their own; each has a random weight in some cells.
    let rowOfID = (0..<Int32(shape.rows)).shuffled(using: &random).prefix((shape.rows * 3 + 3) / 4)
    var rows: [(id: Int32, cell: Int32, weights: [Int64])] = []
    for id in rowOfID.indices {
      for cell in 0..<shape.cells where shape.rows == 1 || Int.random(in: 0..<3, using: &random) == 0 {
        let weights = shape.tables.map { table in
          Bool.random(using: &random)
            ? table.weightBound : Int64.random(in: -table.weightBound...table.weightBound, using: &random)
        }
        rows.append((Int32(id), Int32(cell), weights))
      }
    }
    let noise = (0..<(shape.cells * shape.tables.count * shape.groups)).map { index in
      let bound = shape.tables[index / shape.groups % shape.tables.count].noiseBound
      return Int64.random(in: -bound...bound, using: &random)
    }
    let records = ProviderRun.Records(
      weights: CellWeights(
        cells: shape.cells, tables: shape.tables.count, identifierCount: rowOfID.count,
        rowIdentifiers: rows.map(\.id), rowCells: rows.map(\.cell), contribution: { rows[$0].weights[$1] }),
      noise: CellNoise(shape, noise))
    var received = Aggregator.Uploads()
    for index in 0..<upload.uploadCount { try received.append(upload.upload(index), plan: plan) }
    var aggregator = try Aggregator(
      plan, publicKey: upload.publicKey(), uploads: received, records: records, rowOfID: Array(rowOfID))
    var answers: [[UInt8]] = []
    while case let more = try aggregator.nextAnswers(), !more.isEmpty { answers += more }
    #expect(answers.count == shape.cells * plan.packs)
    #expect(try aggregator.nextAnswers().isEmpty, "a cell is answered once")
    var expected = noise
    for row in rows {
      let label = Int(labels[Int(rowOfID[Int(row.id)])])
      for table in shape.tables.indices where label >= 0 {
        let entry = (Int(row.cell) * shape.tables.count + table) * shape.groups + label
        expected[entry] += row.weights[table]
      }
    }
    for cell in 0..<shape.cells {
      for pack in 0..<plan.packs {
        var isSound = true
        let opened = try upload.open(answers[cell * plan.packs + pack], pack: pack, isSound: &isSound)
        #expect(isSound)
        for table in shape.tables.indices {
          let first = (cell * shape.tables.count + table) * shape.groups + pack * plan.groupsPerPack
          #expect(
            opened[table] == Array(expected[first..<(first + opened[table].count)]),
            "cell \(cell), pack \(pack), table \(table), seed \(random.seed)")
        }
      }
    }
  }
}
