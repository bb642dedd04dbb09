/// One row of a contributor's own table: a value for each field, in units, and the position of a label for each category.
public struct SumRow: Sendable, Hashable {
  /// In the order of the study's fields.
  public let values: [Int]
  /// In the order of the study's categories.
  public let labels: [Int]

  /// Takes both; `SumLayout.vector` checks.
  public init(values: [Int], labels: [Int] = []) {
    self.values = values
    self.labels = labels
  }
}

extension SumLayout {
  /// The vector of a contributor's own rows. Throws `tooManyRows`, or `rowOutOfRange` for the first row that has a value out of
  /// bounds or an unknown label: whether to clamp or to leave it out is the contributor's choice.
  public func vector(of rows: [SumRow], study: SumStudy) throws(SumError) -> [Int] {
    guard rows.count <= study.limits.maximumRows else {
      throw .tooManyRows(rows.count, maximum: study.limits.maximumRows)
    }
    for (index, row) in rows.enumerated() {
      if let column = study.firstColumn(outOfRangeIn: row) {
        throw .rowOutOfRange(row: index, column: column)
      }
    }
    var vector = [Int](repeating: 0, count: count)
    for block in blocks {
      for row in rows {
        let (offset, value) = study.addend(block.kind, row)
        vector[block.positions.lowerBound + offset] += value
      }
    }
    return vector
  }

  /// Throws `vectorOutOfRange` unless a contribution can have these values.
  func check(_ vector: [Int]) throws(SumError) {
    guard vector.count == count,
      blocks.allSatisfy({ block in vector[block.positions].allSatisfy(block.perContribution.contains) })
    else { throw .vectorOutOfRange }
  }
}

extension SumStudy {
  fileprivate func firstColumn(outOfRangeIn row: SumRow) -> String? {
    guard row.values.count == fields.count, row.labels.count == categories.count else { return "" }
    for (field, value) in zip(fields, row.values) where !(field.minimum...field.maximum).contains(value) {
      return field.column
    }
    for (category, label) in zip(categories, row.labels) where !category.labels.indices.contains(label) {
      return category.column
    }
    return nil
  }

  /// The value of a block that a checked row adds to, and what it adds.
  fileprivate func addend(_ kind: SumLayout.Kind, _ row: SumRow) -> (offset: Int, value: Int) {
    switch kind {
    case .rows: return (0, 1)
    case .sum(let field): return (0, row.values[field])
    case .squares(let field): return (0, row.values[field] * row.values[field])
    case .bins(let field): return (fields[field].edges.count { $0 <= row.values[field] }, 1)
    case .labels(let category): return (row.labels[category], 1)
    case .product(let pair):
      let pair = questions.products[pair]
      return (0, row.values[pair.first] * row.values[pair.second])
    case .groupSums(let pair):
      let pair = questions.groups[pair]
      return (row.labels[pair.second], row.values[pair.first])
    case .groupSquares(let pair):
      let pair = questions.groups[pair]
      return (row.labels[pair.second], row.values[pair.first] * row.values[pair.first])
    case .table(let pair):
      let pair = questions.tables[pair]
      let width = categories[pair.second].labels.count
      return (row.labels[pair.first] * width + row.labels[pair.second], 1)
    }
  }
}
