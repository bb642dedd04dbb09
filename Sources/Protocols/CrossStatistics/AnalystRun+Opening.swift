import PrivateComparison

// Cells that a circuit opens: answers stay masked until the analyst's side of it has run.
extension AnalystRun {
  /// Decrypts what stays masked.
  mutating func keep(
    _ payload: [UInt8], _ plan: AggregationPlan, cell: Int, pack: Int
  ) throws(CrossStatisticsError) {
    guard let numbers = try upload?.numbers(payload) else { throw .invalidMessage }
    for (table, number) in numbers.enumerated() {
      masked?.set(plan.place(cell: cell, pack: pack, table: table), to: number)
    }
    guard session.isEmpty else { return }
    session = CellOpening<ComparisonEvaluator>.session(
      digest: shape.digest, publicKey: publicKey, firstAnswer: payload)
  }

  /// The circuit's next step; where everything was opened there is none.
  mutating func openCells() throws(CrossStatisticsError) -> Step {
    do throws(CrossStatisticsError) {
      if let plan = shape.aggregation, let numbers = masked.take(), let cells = try plan.smallCells() {
        let party = ComparisonEvaluator(
          cells.function, rules: SmallCells.rules(), session: session, rows: plan.packs * plan.shape.cells)
        opening = CellOpening(plan, cells, numbers, party)
      }
      let step = try opening?.next()
      openingLimit = opening?.limit ?? 0
      switch step {
      case .send(let message): return .send(message)
      case .receive: return .receive
      // What is not told is looked at after the last message: its time would say how many cells are open.
      case .finished, nil: if shape.disclosure != .nothing { try takeOpened() }
      }
    } catch {
      phase = .failed
      throw error
    }
    phase = .finish
    return try next()
  }

  /// What the circuit opened, once.
  mutating func takeOpened() throws(CrossStatisticsError) {
    guard let plan = shape.aggregation, let entries = opening.take()?.entries() else { return }
    for (row, digits) in entries.enumerated() {
      let (cell, pack) = (row / plan.packs, row % plan.packs)
      for (digit, numbers) in digits.enumerated() {
        guard let numbers else { continue }
        guard digit < plan.groupCount(pack: pack) else {
          isSound = false
          continue
        }
        let group = pack * plan.groupsPerPack + digit
        suppressed[group][cell] = false
        for (table, number) in numbers.enumerated() {
          let entry = Int64(number) - plan.shape.entryBound
          isSound = entry.magnitude <= plan.shape.tables[table].entryBound.magnitude && isSound
          tables[table][group][cell] = entry
        }
      }
    }
    guard isSound || shape.disclosure == .nothing else { throw .invalidMessage }
  }

  /// Adds the analyst's own noise to what is masked: what the circuit compares has both sides' noise, so that the provider,
  /// who may be told which cells are suppressed, cannot take its own off.
  mutating func addUnderMasks(_ noise: borrowing CellNoise, _ plan: AggregationPlan) {
    for cell in 0..<plan.shape.cells {
      for pack in 0..<plan.packs {
        for table in plan.shape.tables.indices {
          masked?.add(noise, plan: plan, cell: cell, pack: pack, table: table)
        }
      }
    }
  }
}
