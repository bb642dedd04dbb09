import PrimeOrderGroup
import Primitives
import Secrets

/// The 128 transfers of random keys from which an extension makes any number: endemic oblivious transfer from
/// Diffie–Hellman (Masny and Rindal, eprint 2019/706), both messages independent of each other.
///
///     receiver (choices b_i)                            sender
///     a_i, R_i random;                                  y random
///     r_{i,b} = a_i·G − H(i, b, R_i), r_{i,1−b} = R_i
///                           r_{i,0}, r_{i,1}                     y·G
///                         ─────────────────▶  ◀─────────────────
///     k_{i,b} = KDF(a_i·y·G)                            k_{i,c} = KDF(y·(r_{i,c} + H(i, c, r_{i,1−c})))
///
/// The receiver learns one key of each pair, the sender nothing of the choices, whatever the other does (random oracle, about 126
/// bits). Constant-time in choices and scalars.
public enum BaseTransfer {
  /// Transfers of a batch: one for each column of an extension.
  public static let count = 128
  /// Bytes of a key.
  public static let keyByteCount = 32
  /// Bytes of the sender's message.
  public static let senderByteCount = GroupElement.byteCount
  /// Bytes of the receiver's message.
  public static let receiverByteCount = 2 * count * GroupElement.byteCount

  static func hashMessage(_ session: [UInt8], _ index: Int, _ choice: UInt8, _ other: some Sequence<UInt8>)
    -> [UInt8]
  {
    session + [UInt8(truncatingIfNeeded: index), choice] + other
  }

  static func tag() throws(GroupError) -> DomainSeparationTag {
    try DomainSeparationTag(Array("hitoku base transfer 1, ristretto255_XMD:SHA-512_R255MAP_RO_".utf8))
  }

  /// Writes the key of one transfer, bound to everything that was sent, and wipes what it was made of.
  static func writeKey(
    _ session: [UInt8], _ index: Int, _ choice: UInt8, sender: [UInt8], pair: ArraySlice<UInt8>,
    shared: GroupElement, into keys: UnsafeMutableBufferPointer<UInt8>
  ) {
    var message = Array("hitoku base transfer key 1".utf8) + hashMessage(session, index, choice, sender)
    message.reserveCapacity(message.count + pair.count + GroupElement.byteCount)
    message += pair
    message += shared.bytes
    var digest = SHA512.hash(message)
    for offset in 0..<keyByteCount { unsafe keys[keyByteCount * index + offset] = digest[offset] }
    wipe(&message)
    wipe(&digest)
  }

  /// Wipes bytes that nobody else refers to.
  static func wipe(_ bytes: inout [UInt8]) {
    unsafe bytes.withUnsafeMutableBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      unsafe wipeSecretMemory(start, byteCount: bytes.count)
    }
  }

  static func checkSession(_ session: [UInt8]) {
    precondition(session.count == 32, "a session has 32 bytes")
  }
}

// Fence: keys are written into wiped memory by index.

/// Both keys of each base transfer, 32 bytes for each.
public struct BaseKeys: ~Copyable, Sendable {
  package let zero: SecretBytes
  package let one: SecretBytes
}

/// The side of the base transfers that gets both keys of each pair.
public struct BaseTransferSender: ~Copyable, Sendable {
  /// What goes to the receiver.
  public let message: [UInt8]
  private let session: [UInt8]
  private let secret = SecretScalar.random()

  /// `session` is 32 bytes that both sides have and no other run has.
  public init(session: [UInt8]) {
    BaseTransfer.checkSession(session)
    self.session = session
    message = GroupElement.generator(multipliedBy: secret).bytes
  }

  /// The keys of choice 0 and of choice 1. Throws `messageLength` or `invalidElement`.
  public consuming func keys(
    receiver answer: [UInt8]
  ) throws(ObliviousTransferError) -> BaseKeys {
    guard answer.count == BaseTransfer.receiverByteCount else {
      throw .messageLength(answer.count, expected: BaseTransfer.receiverByteCount)
    }
    let received: GroupElements
    let hashes: GroupElements
    do throws(GroupError) {
      received = try GroupElements(decoding: answer)
      hashes = GroupElements(
        hashing: (0..<2 * BaseTransfer.count).map { place in
          BaseTransfer.hashMessage(session, place / 2, UInt8(place & 1), received[place ^ 1].bytes)
        }, tag: try BaseTransfer.tag())
    } catch { throw .invalidElement }
    let shared = GroupElements(zip(received, hashes).map { $0 + $1 }).multiplied(by: secret)
    return BaseKeys(zero: keys(0, answer, shared), one: keys(1, answer, shared))
  }

  private borrowing func keys(_ choice: UInt8, _ answer: [UInt8], _ shared: GroupElements) -> SecretBytes {
    unsafe SecretBytes(count: BaseTransfer.count * BaseTransfer.keyByteCount) { keys in
      for index in 0..<BaseTransfer.count {
        unsafe BaseTransfer.writeKey(
          session, index, choice, sender: message, pair: answer[64 * index..<64 * (index + 1)],
          shared: shared[2 * index + Int(choice)], into: keys)
      }
    }
  }
}

/// The side of the base transfers that chooses one key of each pair.
public struct BaseTransferReceiver: ~Copyable, Sendable {
  /// What goes to the sender.
  public let message: [UInt8]
  private let session: [UInt8]
  private let choices: SecretBytes
  private let secrets: SecretScalars

  /// `choices` has a byte, 0 or 1, for each transfer; `session` is as the sender's. Throws nothing a caller could cause.
  public init(session: [UInt8], choices: consuming SecretBytes) throws(ObliviousTransferError) {
    BaseTransfer.checkSession(session)
    precondition(choices.count == BaseTransfer.count, "a choice for each transfer")
    let secrets = SecretScalars.random(count: BaseTransfer.count)
    let uniform = SystemRandom.bytes(count: 64 * BaseTransfer.count)
    do throws(GroupError) {
      let others = try GroupElements(mapping: uniform)
      message = Self.pairs(session, choices, secrets, others, tag: try BaseTransfer.tag())
    } catch { throw .invalidElement }
    self.session = session
    self.choices = choices
    self.secrets = secrets
  }

  private static func pairs(
    _ session: [UInt8], _ choices: borrowing SecretBytes, _ secrets: borrowing SecretScalars,
    _ others: GroupElements, tag: DomainSeparationTag
  ) -> [UInt8] {
    let own = powers(of: .generator, secrets)
    return unsafe choices.withUnsafeBufferPointer { choices in
      // With the choices, which are bits of an offset.
      var messages = (0..<BaseTransfer.count).map { index in
        unsafe BaseTransfer.hashMessage(session, index, choices[index], others[index].bytes)
      }
      let hashes = GroupElements(hashing: messages, tag: tag)
      for index in messages.indices { BaseTransfer.wipe(&messages[index]) }
      var message: [UInt8] = []
      for index in 0..<BaseTransfer.count {
        let chosen = (own[index] - hashes[index]).bytes, other = others[index].bytes
        let swap = unsafe 0 &- choices[index]
        message += zip(chosen, other).map { $0 ^ ($0 ^ $1) & swap }
        message += zip(chosen, other).map { $1 ^ ($0 ^ $1) & swap }
      }
      return message
    }
  }

  /// The element multiplied by each scalar.
  private static func powers(of element: GroupElement, _ scalars: borrowing SecretScalars) -> GroupElements {
    GroupElements(repeatElement(element, count: scalars.count)).multiplied(by: scalars)
  }

  /// The chosen keys, 32 bytes for each transfer. Throws `messageLength` or `invalidElement`.
  public consuming func keys(sender: [UInt8]) throws(ObliviousTransferError) -> SecretBytes {
    guard sender.count == BaseTransfer.senderByteCount else {
      throw .messageLength(sender.count, expected: BaseTransfer.senderByteCount)
    }
    let element: GroupElement
    do throws(GroupError) { element = try GroupElement(decoding: sender) } catch { throw .invalidElement }
    let shared = Self.powers(of: element, secrets)
    return unsafe SecretBytes(count: BaseTransfer.count * BaseTransfer.keyByteCount) { keys in
      unsafe choices.withUnsafeBufferPointer { choices in
        for index in 0..<BaseTransfer.count {
          unsafe BaseTransfer.writeKey(
            session, index, choices[index], sender: sender, pair: message[64 * index..<64 * (index + 1)],
            shared: shared[index], into: keys)
        }
      }
    }
  }
}
