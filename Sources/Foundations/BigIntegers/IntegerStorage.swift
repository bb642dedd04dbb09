import CGMP

// The fence around GMP: every mpz_t of the house lives in one of these boxes.

/// One mpz_t, freed with its last reference. A box is written only while one value holds it, which is what makes
/// sharing it between threads safe.
@safe
final class IntegerStorage: @unchecked Sendable {
  /// A pointer, and not an inline field, so that one box can be both operands of a call.
  let number: UnsafeMutablePointer<__mpz_struct>

  /// Zero.
  init() {
    unsafe number = .allocate(capacity: 1)
    unsafe __gmpz_init(number)
  }

  /// The same number in a new box.
  init(copying other: IntegerStorage) {
    unsafe number = .allocate(capacity: 1)
    unsafe __gmpz_init_set(number, other.number)
  }

  deinit {
    unsafe __gmpz_clear(number)
    unsafe number.deallocate()
  }

  /// −1, 0 or 1: the sign of `_mp_size`, which is all that the macro mpz_sgn looks at.
  var signum: Int { unsafe Int(number.pointee._mp_size.signum()) }
}
