/// Why a comparison cannot be run, or ends. Carries nothing of the data.
public enum ComparisonError: Error, Equatable, Sendable {
  /// The numbers of columns, bits or rows are outside of what is supported.
  case shapeOutOfRange
  /// The two sides were told to compute different things.
  case differentTerms
  /// The two sides have different numbers of rows.
  case differentRowCounts
  /// There are no rows, and so no answer.
  case noRows
  /// A message out of turn or of the wrong length.
  case invalidMessage
  /// A label, table or answer was altered, or computed wrongly.
  case wrongLabel
  /// The other side's choices are inconsistent: it does not follow the protocol.
  case inconsistentReceiver
}
