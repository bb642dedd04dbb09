// Fence: four words seen as the 32 bytes that libsodium and the wire have.

/// Thirty-two bytes by value: an encoding or a public scalar.
@safe
struct Row: Hashable, Sendable, BitwiseCopyable {
  static let byteCount = 32
  private var w0: UInt64 = 0
  private var w1: UInt64 = 0
  private var w2: UInt64 = 0
  private var w3: UInt64 = 0

  static let zero = Row()

  private init() {}

  /// Written by `body` over zeros.
  init(_ body: (UnsafeMutablePointer<UInt8>) -> Void) {
    unsafe withUnsafeMutableBytes(of: &self) { bytes in
      guard let start = bytes.baseAddress else { return }
      unsafe body(start.assumingMemoryBound(to: UInt8.self))
    }
  }

  /// Exactly 32 bytes.
  init(_ bytes: some Collection<UInt8>) {
    precondition(bytes.count == Self.byteCount)
    self.init()
    unsafe withUnsafeMutableBytes(of: &self) { unsafe $0.copyBytes(from: bytes) }
  }

  var bytes: [UInt8] { unsafe withUnsafeBytes(of: self) { unsafe Array($0) } }

  func withPointer<R>(_ body: (UnsafePointer<UInt8>) -> R) -> R {
    unsafe withUnsafeBytes(of: self) { bytes in
      guard let start = bytes.baseAddress else { preconditionFailure("a row has bytes") }
      return unsafe body(start.assumingMemoryBound(to: UInt8.self))
    }
  }
}

/// The order of the group, ℓ = 2^252 + 27742317777372353535851937790883648493, least significant word first.
let groupOrder: [UInt64] = [0x5812_631a_5cf5_d3ed, 0x14de_f9de_a2f7_9cd6, 0, 0x1000_0000_0000_0000]

/// Whether 32 little-endian bytes are below ℓ, and whether they are zero; in constant time.
func classifyScalar(_ scalar: UnsafePointer<UInt8>) -> (isCanonical: Bool, isZero: Bool) {
  var borrow: UInt64 = 0
  var bits: UInt64 = 0
  for i in 0..<4 {
    let word = unsafe UInt64(
      littleEndian: UnsafeRawPointer(scalar).loadUnaligned(fromByteOffset: 8 * i, as: UInt64.self))
    bits |= word
    let (first, under1) = word.subtractingReportingOverflow(groupOrder[i])
    let (_, under2) = first.subtractingReportingOverflow(borrow)
    borrow = (under1 ? 1 : 0) | (under2 ? 1 : 0)
  }
  return (borrow == 1, bits == 0)
}
