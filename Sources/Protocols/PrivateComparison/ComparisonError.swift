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

extension ComparisonError: CustomStringConvertible {
  /// What happened, in one clause.
  public var description: String {
    switch self {
    case .shapeOutOfRange: "these numbers of columns and bits, or this limit, are out of range"
    case .differentTerms: "the two sides were told to compute different things"
    case .differentRowCounts: "the two sides have different numbers of rows"
    case .noRows: "there are no rows to compare"
    case .invalidMessage: "the peer sent a message out of turn or of the wrong length"
    case .wrongLabel: "what the peer sent was altered, or computed wrongly"
    case .inconsistentReceiver: "the peer's choices are inconsistent"
    }
  }

  /// What to do about it.
  public var hint: String {
    switch self {
    case .shapeOutOfRange: "Compare 1 to 1024 columns of 1 to 64 --bits; within takes at most 31."
    case .differentTerms:
      "Give both sides the same operation, number of columns, bits, decimals, limit, receivers and --check-joiner."
    case .differentRowCounts: "Both tables need the same rows in the same order."
    case .noRows: "Check the table."
    case .invalidMessage: "Run the same version of Hitoku on both sides; if they do, the peer misbehaves."
    case .wrongLabel, .inconsistentReceiver: "Start the run again; if it happens again, the peer misbehaves."
    }
  }
}
