/// Why a circuit file or a peer's message is refused. Carries counts and line numbers only.
public enum GarbledCircuitsError: Error, Equatable, Sendable {
  /// A circuit file is not Bristol Fashion, on this line, counted from 1.
  case malformedCircuit(line: Int)
  /// A circuit file states more gates or wires than this program takes or its text can hold, or a circuit has too many
  /// labels for so many rows.
  case circuitTooLarge
  /// A message has another length than the circuit asks for.
  case messageLength(Int, expected: Int)
  /// A message came that nothing is left to do with.
  case unexpectedMessage
  /// A label is none of the two that the garbler made: a table, a label or a check value was altered.
  case wrongLabel
}
