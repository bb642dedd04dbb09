import CSodium
import Glibc

// Fence: libsodium by pointer. Rows have 32 bytes, uniform and wide strings 64; inputs and outputs may be the same row.
// All of it is constant-time but for the answer whether an encoding is valid.

/// The scalar implementation of the group: all single operations, and batches where the processor lacks IFMA.
enum Sodium {
  /// libsodium wants its initialisation before anything else; it is safe to call from several threads.
  private static let isReady: Bool = {
    let status = sodium_init()
    precondition(status >= 0, "libsodium cannot be initialised")
    return true
  }()

  /// Whether a row is a canonical encoding. libsodium 1.0.18 ignores bit 255, which RFC 9496 wants clear.
  static func isValid(_ row: UnsafePointer<UInt8>) -> Bool {
    precondition(isReady)
    return unsafe row[31] < 128 && crypto_core_ristretto255_is_valid_point(row) == 1
  }

  /// scalar·element. False, and zeros, where the row is no encoding.
  static func multiply(
    _ row: UnsafePointer<UInt8>, by scalar: UnsafePointer<UInt8>, into product: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    precondition(isReady)
    let element = unsafe Row { unsafe $0.update(from: row, count: Row.byteCount) }
    return unsafe element.withPointer { element in
      if unsafe element[31] < 128 && crypto_scalarmult_ristretto255(product, scalar, element) == 0 {
        return true
      }
      // libsodium reports the identity as a failure too.
      unsafe memset(product, 0, Row.byteCount)
      return unsafe isValid(element)
    }
  }

  /// scalar·generator.
  static func multiplyGenerator(by scalar: UnsafePointer<UInt8>, into product: UnsafeMutablePointer<UInt8>) {
    precondition(isReady)
    if unsafe crypto_scalarmult_ristretto255_base(product, scalar) != 0 { unsafe memset(product, 0, 32) }
  }

  /// a + b of valid encodings.
  static func add(
    _ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, into sum: UnsafeMutablePointer<UInt8>
  ) {
    let status = unsafe crypto_core_ristretto255_add(sum, a, b)
    precondition(status == 0, "elements are valid")
  }

  /// a − b of valid encodings.
  static func subtract(
    _ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, into difference: UnsafeMutablePointer<UInt8>
  ) {
    let status = unsafe crypto_core_ristretto255_sub(difference, a, b)
    precondition(status == 0, "elements are valid")
  }

  /// The one-way map of RFC 9496, section 4.3.4.
  static func map(_ uniform: UnsafePointer<UInt8>, into row: UnsafeMutablePointer<UInt8>) {
    precondition(isReady)
    let status = unsafe crypto_core_ristretto255_from_hash(row, uniform)
    precondition(status == 0, "the map is total")
  }

  /// A little-endian number of 64 bytes modulo ℓ.
  static func reduce(_ wide: UnsafePointer<UInt8>, into scalar: UnsafeMutablePointer<UInt8>) {
    unsafe crypto_core_ristretto255_scalar_reduce(scalar, wide)
  }

  /// a·b mod ℓ.
  static func multiplyScalars(
    _ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, into product: UnsafeMutablePointer<UInt8>
  ) {
    unsafe crypto_core_ristretto255_scalar_mul(product, a, b)
  }

  /// a − b mod ℓ.
  static func subtractScalars(
    _ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, into difference: UnsafeMutablePointer<UInt8>
  ) {
    unsafe crypto_core_ristretto255_scalar_sub(difference, a, b)
  }

  /// a + b mod ℓ.
  static func addScalars(
    _ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, into sum: UnsafeMutablePointer<UInt8>
  ) {
    unsafe crypto_core_ristretto255_scalar_add(sum, a, b)
  }

  /// a⁻¹ mod ℓ of a ≠ 0.
  static func invertScalar(_ a: UnsafePointer<UInt8>, into inverse: UnsafeMutablePointer<UInt8>) {
    let status = unsafe crypto_core_ristretto255_scalar_invert(inverse, a)
    precondition(status == 0, "zero has no inverse")
  }
}
