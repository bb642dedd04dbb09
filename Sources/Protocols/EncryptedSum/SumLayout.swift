import DisclosureControl

/// Which number stands where in the vector that every contributor adds to, and how large a sum of it can become.
public struct SumLayout: Sendable, Hashable {
  /// What the values of a block are.
  public enum Kind: Sendable, Hashable {
    /// One value: the number of rows.
    case rows
    /// One value: the sum of a field.
    case sum(field: Int)
    /// One value: the sum of a field's squares.
    case squares(field: Int)
    /// How many values of a field fall into each bin.
    case bins(field: Int)
    /// How often each label occurs.
    case labels(category: Int)
    /// One value: the sum of a pair's products.
    case product(pair: Int)
    /// The sum of a field for each label.
    case groupSums(pair: Int)
    /// The sum of a field's squares for each label.
    case groupSquares(pair: Int)
    /// Counts for each label of the first category by each of the second, row by row.
    case table(pair: Int)
  }

  /// Values of one kind, side by side.
  public struct Block: Sendable, Hashable {
    /// What they are.
    public let kind: Kind
    /// Their positions in the vector.
    public let positions: Range<Int>
    /// What one row adds to a value, zero included.
    public let perRow: ClosedRange<Int>
    /// What one contribution adds to a value.
    public let perContribution: ClosedRange<Int>
    /// What all contributions together can add up to.
    public let sum: ClosedRange<Int>
    /// The noise of a private release, nil of an exact one.
    public let noise: NoisyRelease?

    /// The least and the greatest released value, noise included.
    public var released: ClosedRange<Int> {
      let bound = noise?.noiseBound ?? 0
      return (sum.lowerBound - bound)...(sum.upperBound + bound)
    }
  }

  /// The blocks, in the order of their positions.
  public let blocks: [Block]
  /// Values in a contribution.
  public let count: Int

  /// The most values of any contribution.
  public static let largestCount = 8_192
  /// The largest magnitude of a sum: 2^60.
  public static let largestSum = 1 << 60
  /// The share of δ for noise that leaves its bound, over all values of a release.
  public static let rangeDelta = Delta(powerOfHalf: 41)

  /// The layout that a study asks for. Throws `invalidStudy(.mightWrap)` where a sum can exceed 2^60 in magnitude, or where
  /// noise for its sensitivity is out of the sampler's range.
  public init(_ study: SumStudy) throws(SumError) {
    let kinds = Self.kinds(study)
    var blocks: [Block] = []
    var position = 0
    for (kind, count) in kinds {
      guard let block = Self.block(kind, study, positions: position..<(position + count), of: kinds.count)
      else { throw .invalidStudy(.mightWrap(column: study.column(of: kind))) }
      blocks.append(block)
      position += count
    }
    self.blocks = blocks
    self.count = position
  }

  /// nil where sums or noise are too large.
  private static func block(
    _ kind: Kind, _ study: SumStudy, positions: Range<Int>, of blockCount: Int
  ) -> Block? {
    let perRow = study.rowRange(kind)
    guard let perContribution = perRow.times(study.limits.maximumRows),
      let sum = perContribution.times(study.limits.maximumContributors)
    else { return nil }
    var noise: NoisyRelease?
    if let privacy = study.privacy {
      guard
        let range = try? ContributionRange.bounded(low: perRow.lowerBound, high: perRow.upperBound),
        let epsilon = Epsilon(micros: privacy.epsilon.micros / UInt64(blockCount)),
        let release = try? NoisyRelease(
          contribution: range,
          maximumRowsPerID: privacy.unit == .contributor ? study.limits.maximumRows : 1,
          maximumRows: study.limits.maximumRows * study.limits.maximumContributors, outputs: positions.count,
          epsilon: epsilon, rangeDelta: rangeDelta.divided(by: blockCount))
      else { return nil }
      noise = release
    }
    return Block(
      kind: kind, positions: positions, perRow: perRow, perContribution: perContribution, sum: sum,
      noise: noise)
  }

  /// The blocks that a study asks for, with the number of values of each.
  private static func kinds(_ study: SumStudy) -> [(kind: Kind, count: Int)] {
    var kinds: [(Kind, Int)] = [(.rows, 1)]
    for (index, field) in study.fields.enumerated() {
      kinds.append((.sum(field: index), 1))
      if field.squares { kinds.append((.squares(field: index), 1)) }
      if !field.edges.isEmpty { kinds.append((.bins(field: index), field.edges.count + 1)) }
    }
    for (index, category) in study.categories.enumerated() {
      kinds.append((.labels(category: index), category.labels.count))
    }
    for index in study.questions.products.indices { kinds.append((.product(pair: index), 1)) }
    for (index, pair) in study.questions.groups.enumerated() {
      let labels = study.categories[pair.second].labels.count
      kinds += [(.groupSums(pair: index), labels), (.groupSquares(pair: index), labels)]
    }
    for (index, pair) in study.questions.tables.enumerated() {
      let labels = study.categories[pair.first].labels.count * study.categories[pair.second].labels.count
      kinds.append((.table(pair: index), labels))
    }
    return kinds
  }

  /// The block of a kind.
  public func block(_ kind: Kind) -> Block? { blocks.first { $0.kind == kind } }

  /// The widest span of released values: a modulus above it tells them all apart.
  public var largestSpan: Int {
    blocks.map { $0.released.upperBound - $0.released.lowerBound + 1 }.max() ?? 1
  }
}

extension ClosedRange<Int> {
  /// Both bounds times a positive factor; nil beyond the largest sum.
  fileprivate func times(_ factor: Int) -> ClosedRange<Int>? {
    let (low, lowOverflows) = lowerBound.multipliedReportingOverflow(by: factor)
    let (high, highOverflows) = upperBound.multipliedReportingOverflow(by: factor)
    guard !lowOverflows, !highOverflows, low >= -SumLayout.largestSum, high <= SumLayout.largestSum else {
      return nil
    }
    return low...high
  }
}

extension SumStudy {
  /// What one row adds to a value of a block; rows elsewhere add zero.
  func rowRange(_ kind: SumLayout.Kind) -> ClosedRange<Int> {
    switch kind {
    case .rows, .bins, .labels, .table: return 0...1
    case .sum(let field): return min(fields[field].minimum, 0)...max(fields[field].maximum, 0)
    case .squares(let field):
      let (low, high) = (fields[field].minimum, fields[field].maximum)
      return 0...max(low * low, high * high)
    case .product(let pair):
      let (x, y) = (fields[questions.products[pair].first], fields[questions.products[pair].second])
      let corners = [x.minimum, x.maximum].flatMap { [$0 * y.minimum, $0 * y.maximum] }
      return corners.reduce(0, min)...corners.reduce(0, max)
    case .groupSums(let pair): return rowRange(.sum(field: questions.groups[pair].first))
    case .groupSquares(let pair): return rowRange(.squares(field: questions.groups[pair].first))
    }
  }

  /// The column that a block is about, for messages.
  func column(of kind: SumLayout.Kind) -> String {
    switch kind {
    case .rows: "rows"
    case .sum(let field), .squares(let field), .bins(let field): fields[field].column
    case .labels(let category): categories[category].column
    case .product(let pair): fields[questions.products[pair].first].column
    case .groupSums(let pair), .groupSquares(let pair): fields[questions.groups[pair].first].column
    case .table(let pair): categories[questions.tables[pair].first].column
    }
  }
}
