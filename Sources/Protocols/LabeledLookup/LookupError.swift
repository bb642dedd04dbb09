import BFV

/// What can go wrong in this room. No case carries a value of a peer.
public enum LookupError: Error, Equatable, Sendable {
  /// The numbers of a set do not fit each other, or its failure or false-positive probability exceeds 2^-40.
  case invalidParameters
  /// A group has more items than its columns can take; the set is for fewer.
  case tooManyItems
  /// A label is longer than the set's.
  case labelTooLong
  /// Bytes from outside are malformed: wrong type, version, length or content.
  case malformed
  /// The message is for another table, or for another version of this one.
  case wrongTable
  /// The set needs expansion keys, and the message came without.
  case missingKeys
  /// Queries of one batch did not fit the bins: happens with probability below 2^-40.
  case unplacedQueries
  /// The encryption room refused: bytes from outside, or parameters.
  case encryption(BFVError)
}

/// Passes on the errors of BFV as this room's.
func encryption<R: ~Copyable>(_ body: () throws(BFVError) -> R) throws(LookupError) -> R {
  do throws(BFVError) { return try body() } catch { throw .encryption(error) }
}
