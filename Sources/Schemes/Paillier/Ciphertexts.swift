import BigIntegers
import Primitives

/// Ciphertexts under one key: units modulo n², checked when they came from outside.
public struct Ciphertexts: Sendable, Equatable {
  /// The key they are under.
  public let key: PublicKey
  /// Rows of `key.ciphertextWords` words.
  var words: [UInt64]

  /// How many there are.
  public var count: Int { words.count / key.ciphertextWords }

  /// Words this program computed.
  init(key: PublicKey, words: [UInt64]) {
    self.key = key
    self.words = words
  }

  /// Numbers from outside. Throws `ciphertextOutOfRange` unless 0 < c < n², `ciphertextNotInvertible` unless gcd(c, n) = 1.
  public init(_ values: [BigInteger], key: PublicKey) throws(PaillierError) {
    for (i, value) in values.enumerated() {
      guard value.signum > 0, value < key.square else { throw .ciphertextOutOfRange(index: i) }
    }
    self.init(trusted: values, key: key)
    try checkInvertible()
  }

  /// Throws `ciphertextNotInvertible` where one has a common factor with n.
  func checkInvertible() throws(PaillierError) {
    // gcd(Πc, n) = 1 says it of all at once; only a bad batch is searched.
    let product = (0..<count).reduce(1 as BigInteger) { $0 * self[$1] % key.n }
    if BigInteger.gcd(product, key.n) != 1 {
      let bad = (0..<count).first { BigInteger.gcd(self[$0], key.n) != 1 }
      throw .ciphertextNotInvertible(index: bad ?? 0)
    }
  }

  /// Numbers that are known to be units modulo n², in 0..<n².
  init(trusted values: [BigInteger], key: PublicKey) {
    let length = key.ciphertextWords
    self.init(
      key: key,
      words: values.flatMap { value in
        let own = value.words
        return own + [UInt64](repeating: 0, count: length - own.count)
      })
  }

  /// The ciphertext at `index` as a number.
  public subscript(index: Int) -> BigInteger {
    precondition((0..<count).contains(index), "index of a ciphertext")
    let length = key.ciphertextWords
    return BigInteger(words: Array(words[index * length..<(index + 1) * length]))
  }

  /// All as numbers.
  public var values: [BigInteger] { (0..<count).map { self[$0] } }

  /// The ciphertexts of a range of indices.
  public subscript(range: Range<Int>) -> Ciphertexts {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "indices of ciphertexts")
    let length = key.ciphertextWords
    return Ciphertexts(key: key, words: Array(words[range.lowerBound * length..<range.upperBound * length]))
  }

  /// The ciphertexts at some indices, in that order.
  public subscript(indices: [Int]) -> Ciphertexts {
    precondition(indices.allSatisfy((0..<count).contains), "indices of ciphertexts")
    let length = key.ciphertextWords
    return Ciphertexts(key: key, words: indices.flatMap { words[$0 * length..<($0 + 1) * length] })
  }

  /// These, then the others.
  public func appending(_ other: Ciphertexts) throws(PaillierError) -> Ciphertexts {
    guard key == other.key else { throw .differentKeys }
    return Ciphertexts(key: key, words: words + other.words)
  }
}
