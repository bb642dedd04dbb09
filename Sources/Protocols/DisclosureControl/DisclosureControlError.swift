/// What can be wrong with the numbers that disclosure control is asked to work with.
public enum DisclosureControlError: Error, Equatable, Sendable {
  /// ε is zero or above 10^6.
  case epsilonOutOfRange
  /// δ is zero, or too small a share of it is left.
  case deltaOutOfRange
  /// A noise scale, a range or a number of dummies exceeds what the samplers cover.
  case scaleOutOfRange
  /// Bounds of a measure are the wrong way round, or their sensitivity does not fit.
  case boundsOutOfRange
  /// A population's or counterpart's name is empty, too long or has control characters.
  case invalidName
}
