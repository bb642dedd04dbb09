import ByteCoding
import GarbledCircuits
import ObliviousTransfer
import Primitives
import Secrets

// Fence: labels are written by `TransferSender` and read by its check by pointer.

extension ComparisonGarbler {
  /// Takes the choices of a flight.
  mutating func begin(_ choices: [UInt8]) throws(ComparisonError) {
    let (rows, isLast, columns) = try Self.header(choices)
    // A flight is the last where it is not full; a full one that says so would end the run before this side's last row.
    guard rows <= function.rowsPerFlight, isLast == (rows < function.rowsPerFlight),
      // A joiner that keeps its proofs back gets no further answers, and takes no memory here.
      unopened.count <= function.flightsAhead
    else { throw .invalidMessage }
    // What was said at the beginning holds.
    begun += rows
    if let all = self.rows {
      guard begun <= all, !isLast || begun == all else { throw .differentRowCounts }
    }
    let wanted = rows * function.evaluatorBits
    let count =
      rules.checksEvaluator && rows > 0 ? ConsistencyCheck.transferCount(for: wanted) : wanted
    var labels = SecretBuffer<Block>(count: count)
    do throws(ObliviousTransferError) {
      guard transfers != nil else { throw .inconsistentReceiver }
      unsafe try labels.withUnsafeMutableBufferPointer { labels throws(ObliviousTransferError) in
        unsafe try transfers?.extend(message: columns, into: labels)
      }
    } catch { throw .invalidMessage }
    flight = Flight(rows: rows, isLast: isLast, inputs: labels)
    guard rules.checksEvaluator, rows > 0 else {
      phase = .rows
      return
    }
    challenge = Seed.random()
    outbox.append(ComparisonMessage(.challenge, challenge.bytes))
    phase = .response
  }

  /// The number of rows, whether they are the last, and the columns behind.
  private static func header(
    _ message: [UInt8]
  ) throws(ComparisonError) -> (rows: Int, isLast: Bool, columns: [UInt8]) {
    do throws(ByteCodingError) {
      var reader = ByteReader(message)
      let rows = Int(try reader.readUInt32())
      let flag = try reader.readUInt8()
      guard flag <= 1 else { throw .valueOutOfRange }
      return (rows, flag == 1, try reader.readBytes(reader.left))
    } catch { throw .invalidMessage }
  }

  /// Takes the evaluator's answer to the challenge.
  mutating func check(_ response: [UInt8]) throws(ComparisonError) {
    guard let flight else { throw .invalidMessage }
    do throws(ObliviousTransferError) {
      unsafe try flight.inputs.withUnsafeBufferPointer { rows throws(ObliviousTransferError) in
        unsafe try transfers?.check(response, to: challenge, rows: rows)
      }
    } catch {
      throw error == .inconsistentReceiver ? .inconsistentReceiver : .invalidMessage
    }
    phase = .rows
  }

  /// Takes the next rows: for each the values of all of the garbler's fields, as unsigned words of which the low bits count.
  /// Throws `differentRowCounts` where the evaluator has more or fewer.
  public mutating func provide(_ values: [UInt64]) throws(ComparisonError) {
    guard phase == .rows, let flight, values.count % function.garblerWidths.count == 0 else {
      throw .invalidMessage
    }
    guard values.count / function.garblerWidths.count == flight.rows else { throw .differentRowCounts }
    guard flight.rows > 0 else { return try finishFlight() }
    garbler.begin(try plans.plan(rows: flight.rows))
    garbler.setOwnInputs(
      function.garblerInputs, bits: RowFunction.packed(values, widths: function.garblerWidths))
    unsafe garbler.withInputLabels(function.evaluatorInputs) { unsafe flight.copyInputs(into: $0) }
    phase = .tables
  }

  mutating func nextTables() throws(ComparisonError) -> ComparisonStep {
    if let tables = garbler.nextTables() { return .send(ComparisonMessage(.tables, tables)) }
    guard let flight else { throw .invalidMessage }
    flight.inputs = SecretBuffer(count: 0)
    let outputs = garbler.outputs()
    guard function.opensAny else {
      flight.outputs = consume outputs
      phase = .decoding
      return try next()
    }
    let count = outputs.count
    garbler.begin(try plans.fold(count: count + (disjunction == nil ? 0 : 1)))
    garbler.setInputs(0..<count, from: outputs, at: 0)
    if let earlier = disjunction.take() { garbler.setInputs(count..<count + 1, from: earlier, at: 0) }
    phase = .foldTables
    return try next()
  }

  mutating func nextFoldTables() throws(ComparisonError) -> ComparisonStep {
    if let tables = garbler.nextTables() { return .send(ComparisonMessage(.tables, tables)) }
    disjunction = garbler.outputs()
    try finishFlight()
    return try next()
  }

  /// Goes on to the next flight, or after the last to the one answer for all rows.
  private mutating func finishFlight() throws(ComparisonError) {
    guard flight?.isLast == true else {
      phase = .flights
      return
    }
    guard waiting.isEmpty else { throw .invalidMessage }
    guard function.opensAny else {
      phase = .finished
      return
    }
    guard let answer = disjunction.take() else { throw .noRows }
    let last = Flight(rows: 1, isLast: true, inputs: SecretBuffer(count: 0))
    last.outputs = consume answer
    flight = last
    phase = .decoding
  }

  mutating func sendDecoding() {
    guard let flight, let outputs = flight.outputs.take() else { return }
    if rules.opensToEvaluator {
      outbox.append(ComparisonMessage(.decoding, garbler.decoding(of: outputs)))
    }
    flight.outputs = consume outputs
    if rules.opensToGarbler { unopened.append(flight) }
    phase = flight.isLast ? .finished : .flights
    self.flight = nil
  }
}
