import SumStatistics

// From sums to samples: what the statistics of a study are computed from. With noise (`SumPrivacy`) counts and squares can come
// out negative; the statistics are nil then, and intervals do not count the noise.
extension SumTotals {
  /// A field's sample; nil of a field without squares.
  public func sample(field index: Int) -> SampleSums? {
    guard let squares = values(.squares(field: index))?.first, let sum = values(.sum(field: index))?.first
    else { return nil }
    return SampleSums(count: rows, sum: sum, squares: squares, decimals: study.fields[index].decimals)
  }

  /// A field's mean, for which no squares are needed.
  public func mean(field index: Int) -> Double? {
    guard let sum = values(.sum(field: index))?.first else { return nil }
    return SampleSums(count: rows, sum: sum, squares: 0, decimals: study.fields[index].decimals).mean
  }

  /// The pair of fields of `questions.products[index]`: x the first, y the second.
  public func pair(product index: Int) -> PairSums? {
    guard study.questions.products.indices.contains(index),
      let products = values(.product(pair: index))?.first,
      let x = sample(field: study.questions.products[index].first),
      let y = sample(field: study.questions.products[index].second)
    else { return nil }
    return PairSums(x: x, y: y, products: products)
  }

  /// For `questions.groups[index]` the field's sample for each label, in the order of the labels.
  public func samples(group index: Int) -> [SampleSums]? {
    guard study.questions.groups.indices.contains(index), let sums = values(.groupSums(pair: index)),
      let squares = values(.groupSquares(pair: index)),
      let counts = values(.labels(category: study.questions.groups[index].second))
    else { return nil }
    let decimals = study.fields[study.questions.groups[index].first].decimals
    return counts.indices.map {
      SampleSums(count: counts[$0], sum: sums[$0], squares: squares[$0], decimals: decimals)
    }
  }

  /// For `questions.tables[index]` the counts, a row for each label of the first category.
  public func table(_ index: Int) -> [[Int]]? {
    guard study.questions.tables.indices.contains(index), let counts = values(.table(pair: index)) else {
      return nil
    }
    let width = study.categories[study.questions.tables[index].second].labels.count
    return stride(from: 0, to: counts.count, by: width).map { Array(counts[$0..<($0 + width)]) }
  }
}
