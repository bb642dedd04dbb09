/// What the analyst learns: the sums, by what they are of.
public struct SumTotals: Sendable, Hashable {
  /// The study.
  public let study: SumStudy
  /// How many contributed.
  public let contributors: Int
  /// All sums in the order of the layout.
  public let values: [Int]
  private let layout: SumLayout

  init(study: SumStudy, layout: SumLayout, contributors: Int, values: [Int]) {
    self.study = study
    self.contributors = contributors
    self.values = values
    self.layout = layout
  }

  /// The sums of a block, in the order of its labels or bins; nil for a block that the study does not ask for.
  public func values(_ kind: SumLayout.Kind) -> [Int]? {
    layout.block(kind).map { Array(values[$0.positions]) }
  }

  /// The number of rows; with noise, about that.
  public var rows: Int { values[0] }
}
