/// Why a message is refused. Carries lengths only.
public enum ObliviousTransferError: Error, Equatable, Sendable {
  /// A message has another length than the number of transfers asks for.
  case messageLength(Int, expected: Int)
  /// A received element is no element of the group, or the identity.
  case invalidElement
  /// The receiver's columns do not belong to one choice for each transfer: it does not follow the protocol.
  case inconsistentReceiver
}
