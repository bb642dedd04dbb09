/// The columns of one group while it is built.
struct GroupPlacement {
  private let parameters: LookupParameters
  /// The items of each column, as indices into `codes`.
  private var columns: [[Int]]
  private var codes: [ItemCode] = []
  private var labels: [[UInt32]] = []
  private var system: ColumnSystem

  init(_ parameters: LookupParameters) {
    self.parameters = parameters
    columns = Array(repeating: [], count: parameters.columns)
    system = ColumnSystem(
      modulus: parameters.modulus, unknowns: parameters.columnSize, values: parameters.digitsPerItem)
  }

  /// Puts each item into the emptier of its columns and writes the solutions into `table`, which holds random residues.
  /// False where an item finds no column.
  mutating func place(
    _ chosen: [Int], of items: LookupItems, attempt: UInt8, into table: inout [UInt8]
  ) -> Bool {
    codes = chosen.map { ItemCode(items.keys[$0], attempt: attempt, parameters) }
    labels = zip(chosen, codes).map { parameters.labelCoding.digits(of: items.label($0), pad: $1.labelPad) }
    for (item, code) in codes.enumerated() {
      let (a, b) = code.columns
      let column = columns[a].count <= columns[b].count ? a : b
      guard columns[column].count < parameters.columnSize else { return false }
      columns[column].append(item)
    }
    // A column may get an item of another one that could not be solved with it, and is then solved again, once.
    var waiting = Array(columns.indices)
    var solvedAgain: Set<Int> = []
    while let column = waiting.popLast() {
      guard let moved = solve(column, &table) else { continue }
      for (item, other) in moved {
        guard columns[other].count < parameters.columnSize, solvedAgain.insert(other).inserted else {
          return false
        }
        columns[other].append(item)
        waiting.append(other)
      }
    }
    return true
  }

  /// Solves one column. Returns the items that contradict the others, taken out, with their other columns; nil for none.
  private mutating func solve(_ column: Int, _ table: inout [UInt8]) -> [(item: Int, column: Int)]? {
    var moved: [(item: Int, column: Int)] = []
    system.removeAll()
    for item in columns[column] {
      let code = codes[item]
      if !system.add(vector: code.vector, values: code.tag.map { UInt32($0) } + labels[item]) {
        moved.append((item, code.columns.0 == column ? code.columns.1 : code.columns.0))
      }
    }
    let gone = Set(moved.map(\.item))
    if !gone.isEmpty { columns[column].removeAll { gone.contains($0) } }
    let (answer, place) = (column / parameters.columnsPerAnswer, column % parameters.columnsPerAnswer)
    let digits = parameters.digitsPerItem
    let start = answer * parameters.columnSize * parameters.degree + place * digits
    let places = (0..<(parameters.columnSize * digits)).map { index in
      start + index / digits * parameters.degree + index % digits
    }
    var solution = places.map { UInt32(table[$0]) }
    system.solve(&solution)
    for (place, value) in zip(places, solution) { table[place] = UInt8(value) }
    return moved.isEmpty ? nil : moved
  }
}
