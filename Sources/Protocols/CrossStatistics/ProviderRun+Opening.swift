import PrivateComparison

// Cells that a circuit opens, the provider's side.
extension ProviderRun {
  mutating func prepareOpening(
    _ numbers: consuming SecretResidues
  ) throws(CrossStatisticsError) {
    guard let plan = shape.aggregation, let cells = try plan.smallCells(), let first = answers.first else {
      return
    }
    let session = CellOpening<ComparisonGarbler>.session(
      digest: shape.digest, publicKey: publicKey, firstAnswer: first)
    opening = CellOpening(
      plan, cells, numbers,
      ComparisonGarbler(
        cells.function, rules: SmallCells.rules(), session: session, rows: plan.packs * plan.shape.cells))
  }

  /// The circuit's next step.
  mutating func open() throws(CrossStatisticsError) -> Step {
    do throws(CrossStatisticsError) {
      let step = try opening?.next()
      openingLimit = opening?.limit ?? 0
      switch step {
      case .send(let message): return .send(message)
      case .receive: return .receive
      case .finished, nil:
        opening = nil
        phase = .finish
        return .receive
      }
    } catch {
      phase = .failed
      throw error
    }
  }
}
