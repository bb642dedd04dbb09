import BigIntegers
import Primitives
import PrivateComparison

// Cells that are opened by a circuit. With S = 2^k and t = S^w the provider adds to every packed number V of a cell, pack and
// table, noise included, a mask ρ uniform modulo t. The analyst decrypts V + ρ mod t, which says nothing of V, and is the
// evaluator of `SmallCells` with it; the provider is the garbler with ρ − O mod t, where O has the offset in every digit that
// is a group's. (V + ρ) − (ρ − O) = V + O mod t, and V + O is the number whose digits are entry + offset, none of them
// negative or 2^k or more: so the circuit's subtraction, its last borrow dropped, is exact, and the digits do not borrow
// from each other. Digits above the last group are 0, below every threshold.
extension AggregationPlan {
  /// Whether answers are masked.
  var isMasked: Bool { shape.opening != .everything }

  /// Packed numbers under masks: one for each cell, pack and table; none where answers are not masked.
  var maskCount: Int { isMasked ? shape.cells * packs * shape.tables.count : 0 }

  /// Where the number of a cell, pack and table stands: those of one row of the circuit together.
  func place(cell: Int, pack: Int, table: Int) -> Int {
    (cell * packs + pack) * shape.tables.count + table
  }

  /// The circuit that opens cells, one row for each cell and pack; nil where everything is opened.
  package func smallCells() throws(CrossStatisticsError) -> SmallCells? {
    guard case .cells(let minimum) = shape.opening else { return nil }
    let digitBits = radix.bitWidth - 1
    do throws(ComparisonError) {
      return try SmallCells(
        groups: groupsPerPack, digitBits: shape.tables.map { _ in digitBits },
        threshold: UInt64(minimum + shape.entryBound))
    } catch { throw .shapeOutOfRange }
  }

  /// Bytes that opening the cells adds to a run; 0 where everything is opened.
  public func openingByteCount() throws(CrossStatisticsError) -> Int {
    try smallCells().map { $0.function.byteCount(rows: shape.cells * packs, SmallCells.rules()) } ?? 0
  }
}

extension SecretResidues {
  /// Masks of all numbers of a plan, uniform below t.
  static func masks(_ plan: AggregationPlan) -> SecretResidues {
    var masks = SecretResidues(modulus: plan.parameters.plaintextModulus, count: plan.maskCount)
    var stream = RandomStream.fromSystem()
    for index in 0..<plan.maskCount { masks.randomize(index, from: &stream) }
    return masks
  }

  /// ρ − O in place of every mask ρ.
  mutating func takeOffsets(_ plan: AggregationPlan) {
    for pack in 0..<(plan.isMasked ? plan.packs : 0) {
      let offset = plan.offset(digits: plan.groupCount(pack: pack))
      for cell in 0..<plan.shape.cells {
        for table in plan.shape.tables.indices {
          subtract(plan.place(cell: cell, pack: pack, table: table), offset)
        }
      }
    }
  }

  /// Number `index` += the noise of its cell, pack and table.
  mutating func add(
    _ noise: borrowing CellNoise, plan: AggregationPlan, cell: Int, pack: Int, table: Int
  ) {
    var packed = SecretResidues(modulus: plan.parameters.plaintextModulus, count: 1)
    plan.setNoise(noise, cell: cell, table: table, pack: pack, of: &packed, at: 0)
    add(0, of: packed, at: plan.place(cell: cell, pack: pack, table: table))
  }
}

/// One side of the circuit's run within a run: its messages, and the rows that it is given.
struct CellOpening<Party: ComparisonParty & ~Copyable>: ~Copyable {
  /// What comes next.
  enum Step {
    case send(RunMessage)
    case receive
    case finished
  }

  private let cells: SmallCells
  private let numbers: SecretResidues
  private let rows: Int
  private let tables: Int
  private var party: Party
  private var given = 0
  private var opened: [UInt64] = []

  /// `numbers` in the order of `AggregationPlan.place`.
  init(
    _ plan: AggregationPlan, _ cells: SmallCells, _ numbers: consuming SecretResidues,
    _ party: consuming Party
  ) {
    self.cells = cells
    self.numbers = numbers
    rows = plan.shape.cells * plan.packs
    tables = plan.shape.tables.count
    self.party = party
  }

  /// The run's name for the circuit: of the study, the analyst's key and the provider's first answer, so of both sides' coins.
  static func session(digest: [UInt8], publicKey: [UInt8], firstAnswer: [UInt8]) -> [UInt8] {
    SHA256.hash(
      Array("hitoku/run/opening/1".utf8) + digest + SHA256.hash(publicKey) + SHA256.hash(firstAnswer))
  }

  /// The most bytes of what may come now.
  var limit: Int { 1 + (party.limits.values.max() ?? 0) }

  mutating func next() throws(CrossStatisticsError) -> Step {
    do throws(ComparisonError) {
      while true {
        switch try party.next() {
        case .send(let message):
          return .send(RunMessage(.opening, [message.kind.rawValue] + message.payload))
        case .receive: return .receive
        case .rows(let count): try party.provide(nextRows(count))
        case .results(let values): opened += values
        case .finished: return .finished
        }
      }
    } catch { throw CrossStatisticsError(error) }
  }

  mutating func receive(_ payload: [UInt8]) throws(CrossStatisticsError) {
    guard let first = payload.first, let kind = ComparisonMessage.Kind(rawValue: first),
      let limit = party.limits[kind], payload.count - 1 <= limit
    else { throw .invalidMessage }
    do throws(ComparisonError) {
      try party.receive(ComparisonMessage(kind, Array(payload.dropFirst())))
    } catch { throw CrossStatisticsError(error) }
  }

  private mutating func nextRows(_ count: Int) -> [UInt64] {
    let range = given..<min(rows, given + count)
    given = range.upperBound
    let words = cells.wordsPerCell / tables
    return (range.lowerBound * tables..<range.upperBound * tables).flatMap {
      numbers.lowWords($0, count: words)
    }
  }

  /// Of each cell and pack, for each of the pack's digits the digits of all tables; nil where the cell is suppressed.
  func entries() -> [[[UInt64]?]] { cells.entries(opened) }
}

extension CrossStatisticsError {
  fileprivate init(_ error: ComparisonError) {
    self = error == .differentTerms ? .studyMismatch : .invalidMessage
  }
}
