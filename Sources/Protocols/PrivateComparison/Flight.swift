import GarbledCircuits
import Primitives
import Secrets

/// Some rows on their way through a run, at one side: labels outlive the circuit that made them.
final class Flight {
  let rows: Int
  let isLast: Bool
  /// The evaluator's choices, eight to a byte; empty at the garbler.
  var choices: [UInt8] = []
  /// Labels of the evaluator's inputs, and behind them what a check uses up.
  var inputs: SecretBuffer<Block>
  /// Labels of the results, once they are computed.
  var outputs: OutputLabels?

  init(rows: Int, isLast: Bool, inputs: consuming SecretBuffer<Block>) {
    self.rows = rows
    self.isLast = isLast
    self.inputs = inputs
  }

  /// Copies as many labels as `target` has room for.
  func copyInputs(into target: UnsafeMutableBufferPointer<Block>) {
    unsafe inputs.withUnsafeBufferPointer { source in
      for index in target.indices { unsafe target[index] = source[index] }
    }
  }
}

// Fence: labels are copied by index.

/// The plans of a run: laid out once for each number of rows.
struct FlightPlans {
  private let function: RowFunction
  private var plans: [Int: CircuitPlan] = [:]
  private var folds: [Int: CircuitPlan] = [:]

  init(_ function: RowFunction) { self.function = function }

  mutating func plan(rows: Int) throws(ComparisonError) -> CircuitPlan {
    if let plan = plans[rows] { return plan }
    let plan = try Self.layOut(function.circuit, rows: rows)
    plans[rows] = plan
    return plan
  }

  /// The disjunction of `count` ≥ 1 results.
  mutating func fold(count: Int) throws(ComparisonError) -> CircuitPlan {
    if let plan = folds[count] { return plan }
    let plan = try Self.layOut(RowFunction.disjunction(count: count), rows: 1)
    folds[count] = plan
    return plan
  }

  private static func layOut(_ circuit: Circuit, rows: Int) throws(ComparisonError) -> CircuitPlan {
    do throws(GarbledCircuitsError) { return try CircuitPlan(circuit, rows: rows) } catch {
      throw .shapeOutOfRange
    }
  }
}

extension RowFunction {
  /// The garbler's inputs of the circuit.
  var garblerInputs: Range<Int> { 0..<garblerBits }
  /// The evaluator's inputs of the circuit.
  var evaluatorInputs: Range<Int> { garblerBits..<garblerBits + evaluatorBits }
}
