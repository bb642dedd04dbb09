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
    for item in codes.indices {
      guard place(item) else { return false }
    }
    var waiting = Array(columns.indices)
    var moves = 0
    while let column = waiting.popLast() {
      guard !solve(column, &table) else { continue }
      // One item less makes most dependent columns solvable; the other column of that item is solved again.
      guard moves < columns.count, let other = moveOne(from: column) else { return false }
      moves += 1
      waiting += [column, other]
    }
    return true
  }

  /// Puts an item into the emptier of its columns; where both are full, an item of one of them has to move.
  private mutating func place(_ item: Int) -> Bool {
    let (a, b) = codes[item].columns
    let column = columns[a].count <= columns[b].count ? a : b
    if columns[column].count == parameters.columnSize {
      guard moveOne(from: a) == nil else {
        columns[a].append(item)
        return true
      }
      guard moveOne(from: b) != nil else { return false }
      columns[b].append(item)
      return true
    }
    columns[column].append(item)
    return true
  }

  /// Moves the item whose other column is emptiest there, and returns that column; nil where all are full.
  private mutating func moveOne(from column: Int) -> Int? {
    func other(_ item: Int) -> Int {
      let (a, b) = codes[item].columns
      return a == column ? b : a
    }
    let emptiest = columns[column].indices.min {
      columns[other(columns[column][$0])].count < columns[other(columns[column][$1])].count
    }
    guard let place = emptiest else { return nil }
    let item = columns[column][place]
    let target = other(item)
    guard target != column, columns[target].count < parameters.columnSize else { return nil }
    columns[column].remove(at: place)
    columns[target].append(item)
    return target
  }

  /// Solves one column and writes the solution. False where its equations contradict each other.
  private mutating func solve(_ column: Int, _ table: inout [UInt8]) -> Bool {
    system.removeAll()
    for item in columns[column] {
      let code = codes[item]
      guard system.add(vector: code.vector, values: code.tag.map { UInt32($0) } + labels[item]) else {
        return false
      }
    }
    let (answer, place) = (column / parameters.columnsPerAnswer, column % parameters.columnsPerAnswer)
    let digits = parameters.digitsPerItem
    let start = answer * parameters.columnSize * parameters.degree + place * digits
    let places = (0..<(parameters.columnSize * digits)).map { index in
      start + index / digits * parameters.degree + index % digits
    }
    var solution = places.map { UInt32(table[$0]) }
    system.solve(&solution)
    for (place, value) in zip(places, solution) { table[place] = UInt8(value) }
    return true
  }
}
