import BigIntegers

// Sums of real rows agree with each other in many ways; sums that a contributor made up, or that somebody planted, seldom do.
extension SumTotals {
  /// A column whose sums no rows within the bounds can have together; nil where none is found, and of sums with noise, which agree in
  /// nothing.
  var contradiction: String? {
    guard study.privacy == nil else { return nil }
    guard (0...contributors * study.limits.maximumRows).contains(rows) else { return "rows" }
    for (index, field) in study.fields.enumerated() where !isPossible(field, index) { return field.column }
    for (index, category) in study.categories.enumerated() where counts(.labels(category: index)) != rows {
      return category.column
    }
    for (index, pair) in study.questions.products.enumerated() where !isPossible(product: index) {
      return study.fields[pair.first].column
    }
    for (index, pair) in study.questions.groups.enumerated() where !isPossible(group: index) {
      return study.fields[pair.first].column
    }
    for (index, pair) in study.questions.tables.enumerated() where !isPossible(table: index) {
      return study.categories[pair.first].column
    }
    return nil
  }

  /// The sum of a block's values. Sums are at most 2^60 in magnitude, but many of them overflow.
  private func total(_ kind: SumLayout.Kind) -> BigInteger {
    (values(kind) ?? []).reduce(BigInteger(0)) { $0 + BigInteger($1) }
  }

  private func counts(_ kind: SumLayout.Kind) -> Int? { Int(exactly: total(kind)) }

  private func isPossible(_ field: SumField, _ index: Int) -> Bool {
    guard let sum = values(.sum(field: index))?.first,
      Self.canHave(rows, sum, values(.squares(field: index))?.first, field)
    else { return false }
    guard let bins = values(.bins(field: index)) else { return true }
    let least = [field.minimum] + field.edges
    let greatest = field.edges.map { $0 - 1 } + [field.maximum]
    let bounds = [least, greatest].map { bounds in
      zip(bins, bounds).reduce(BigInteger(0)) { $0 + BigInteger($1.0) * BigInteger($1.1) }
    }
    return counts(.bins(field: index)) == rows && bins.allSatisfy { $0 >= 0 } && bounds[0] <= BigInteger(sum)
      && BigInteger(sum) <= bounds[1]
  }

  /// Whether so many values within the field's bounds can have this sum and this sum of squares: by Cauchy and Schwarz from below, by
  /// (x − minimum)·(maximum − x) ≥ 0 from above, and x² is odd where x is.
  private static func canHave(_ count: Int, _ sum: Int, _ squares: Int?, _ field: SumField) -> Bool {
    let (n, s) = (BigInteger(count), BigInteger(sum))
    let (low, high) = (BigInteger(field.minimum), BigInteger(field.maximum))
    guard count >= 0, n * low <= s, s <= n * high else { return false }
    guard let squares else { return true }
    let q = BigInteger(squares)
    return s * s <= n * q && q <= s * (low + high) - n * low * high
      && (sum - squares).isMultiple(of: 2) && (count > 0 || squares == 0)
  }

  /// The correlation is at most 1.
  private func isPossible(product index: Int) -> Bool {
    let pair = study.questions.products[index]
    guard let xy = values(.product(pair: index))?.first else { return false }
    let moments = [pair.first, pair.second].map { field in
      (total(.sum(field: field)), total(.squares(field: field)))
    }
    let n = BigInteger(rows)
    let (x, y) = (moments[0], moments[1])
    let covariance = n * BigInteger(xy) - x.0 * y.0
    return covariance * covariance <= (n * x.1 - x.0 * x.0) * (n * y.1 - y.0 * y.0) && (rows > 0 || xy == 0)
  }

  /// Every label's values are possible, and together they are all.
  private func isPossible(group index: Int) -> Bool {
    let pair = study.questions.groups[index]
    let field = study.fields[pair.first]
    guard let counts = values(.labels(category: pair.second)), let sums = values(.groupSums(pair: index)),
      let squares = values(.groupSquares(pair: index))
    else { return false }
    return counts.indices.allSatisfy { Self.canHave(counts[$0], sums[$0], squares[$0], field) }
      && total(.groupSums(pair: index)) == total(.sum(field: pair.first))
      && total(.groupSquares(pair: index)) == total(.squares(field: pair.first))
  }

  /// Rows and columns of a table add up to the labels' counts.
  private func isPossible(table index: Int) -> Bool {
    let pair = study.questions.tables[index]
    guard let table = table(index), let first = values(.labels(category: pair.first)),
      let second = values(.labels(category: pair.second))
    else { return false }
    let sum = { (counts: [Int]) in counts.reduce(BigInteger(0)) { $0 + BigInteger($1) } }
    return table.joined().allSatisfy { $0 >= 0 } && table.map(sum) == first.map { BigInteger($0) }
      && second.indices.map { column in sum(table.map { $0[column] }) } == second.map { BigInteger($0) }
  }
}
