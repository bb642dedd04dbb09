import CGMP

/// An integer of any size, for public values only: its operations take time that depends on the value, and its
/// memory is not wiped.
///
/// A value type: copies share storage until one of them changes. Time and memory are those of GMP; bound the
/// length of what an untrusted peer sends before making a number of it.
@safe
public struct BigInteger: Sendable {
  var storage: IntegerStorage

  /// Zero.
  public init() { storage = IntegerStorage() }

  /// A signed machine integer.
  public init(_ value: Int) {
    storage = IntegerStorage()
    unsafe __gmpz_set_si(storage.number, value)
  }

  /// An unsigned word.
  public init(_ value: UInt64) {
    storage = IntegerStorage()
    unsafe __gmpz_set_ui(storage.number, UInt(value))
  }

  /// The non-negative number Σ `words`[i]·2^(64·i); leading zero words are allowed.
  public init(words: [UInt64]) {
    storage = IntegerStorage()
    unsafe words.withUnsafeBytes { bytes in
      unsafe __gmpz_import(storage.number, words.count, -1, 8, 0, 0, bytes.baseAddress)
    }
  }

  /// The magnitude |x| = Σ words[i]·2^(64·i), without leading zero words; empty for zero.
  public var words: [UInt64] {
    unsafe [UInt64](unsafeUninitializedCapacity: (bitWidth + 63) / 64) { buffer, initialized in
      unsafe __gmpz_export(buffer.baseAddress, &initialized, -1, 8, 0, 0, storage.number)
    }
  }

  /// −1, 0 or 1.
  public var signum: Int { storage.signum }

  /// The least L with |x| < 2^L; 0 for zero.
  public var bitWidth: Int { unsafe signum == 0 ? 0 : __gmpz_sizeinbase(storage.number, 2) }

  /// Whether x is even.
  public var isEven: Bool { unsafe __gmpz_tstbit(storage.number, 0) == 0 }

  /// |x|.
  public var magnitude: BigInteger { signum < 0 ? -self : self }

  /// A new number that `compute` writes.
  init(computing compute: (UnsafeMutablePointer<__mpz_struct>) -> Void) {
    storage = IntegerStorage()
    unsafe compute(storage.number)
  }

  /// Changes the number in place where this value alone holds its storage, else in a copy.
  mutating func update(_ body: (UnsafeMutablePointer<__mpz_struct>) -> Void) {
    if !isKnownUniquelyReferenced(&storage) { storage = IntegerStorage(copying: storage) }
    unsafe body(storage.number)
  }
}

extension BigInteger: Comparable, Hashable, ExpressibleByIntegerLiteral {
  /// A literal that fits into a machine integer.
  public init(integerLiteral value: Int) { self.init(value) }

  /// Equal as numbers.
  public static func == (a: Self, b: Self) -> Bool {
    unsafe __gmpz_cmp(a.storage.number, b.storage.number) == 0
  }

  /// Smaller as numbers.
  public static func < (a: Self, b: Self) -> Bool {
    unsafe __gmpz_cmp(a.storage.number, b.storage.number) < 0
  }

  /// Feeds sign and words.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(signum)
    hasher.combine(words)
  }
}

extension Int {
  /// The same number, or nil where it does not fit.
  public init?(exactly value: BigInteger) {
    guard unsafe __gmpz_fits_slong_p(value.storage.number) != 0 else { return nil }
    self = unsafe __gmpz_get_si(value.storage.number)
  }
}

extension UInt64 {
  /// The same number, or nil where it does not fit.
  public init?(exactly value: BigInteger) {
    guard value.signum >= 0, value.bitWidth <= 64 else { return nil }
    self = unsafe UInt64(__gmpz_get_ui(value.storage.number))
  }
}

/// What can be wrong with the arguments of integer arithmetic.
public enum BigIntegersError: Error, Equatable, Sendable {
  /// The number has a common factor with the modulus.
  case notInvertible
  /// A modulus is below 1.
  case modulusOutOfRange
}
