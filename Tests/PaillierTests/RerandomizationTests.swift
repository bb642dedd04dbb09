import BigIntegers
import Paillier
import ProcessorFeatures
import TestSupport
import Testing

/// The Jacobi symbol of c mod n is a bit of a ciphertext that everybody can compute: it must not tell where a re-randomised
/// ciphertext came from.
@Suite struct RerandomizationTests {
  private func symbols(_ ciphertexts: Ciphertexts) -> [Int] {
    ciphertexts.values.map { ($0 % ciphertexts.key.n).jacobiSymbol(over: ciphertexts.key.n) }
  }

  @Test(arguments: variants)
  func symbolsAfterRerandomizingAreBalancedWhateverTheyWere(variant: VectorVariant) throws {
    let key = try Keys.make(variant), publicKey = key.publicKey
    let short = Encryptor(try ownProven(key)), classic = Encryptor(classic: publicKey)
    let count = variant == .base ? 64 : 256
    // Sixty-four fresh ciphertexts all have one symbol with probability 2^-64.
    let fresh = try classic.encrypt(residues([BigInteger](repeating: 7, count: 64), publicKey))
    for symbol in [1, -1] {
      guard let index = symbols(fresh).firstIndex(of: symbol) else {
        Issue.record("no ciphertext of symbol \(symbol)")
        continue
      }
      let one = fresh[index..<index + 1].values[0]
      let copies = try Ciphertexts([BigInteger](repeating: one, count: count), key: publicKey)
      for encryptor in [short, classic] {
        let again = try encryptor.rerandomize(copies)
        let negative = symbols(again).count { $0 == -1 }
        // Seven standard deviations.
        let spread = variant == .base ? 28 : 56
        #expect(abs(negative - count / 2) <= spread, "\(encryptor.form): \(negative) of \(count)")
        #expect(integers(try key.decrypt(again)).allSatisfy { $0 == 7 })
      }
    }
  }

  @Test func ownersRandomnessIsNoSquareModuloEitherPrime() throws {
    let (p, q) = Keys.primes, key = try Keys.make(.base)
    for _ in 0..<6 {
      let fresh = try OwnerEncryptor(key).encrypt(
        residues([BigInteger](repeating: 7, count: 64), key.publicKey)
      ).values
      // All 64 are squares with probability 2^-64, if bases are none.
      for prime in [p, q] {
        #expect(Set(fresh.map { ($0 % prime).jacobiSymbol(over: prime) }) == [1, -1])
      }
    }
  }

  @Test func freshShortCiphertextsHaveSymbolOneWhateverTheyEncrypt() throws {
    let key = try Keys.make(.base)
    let fresh = try Encryptor(ownProven(key)).encrypt(residues([0, 1, 2, 3], key.publicKey))
    #expect(symbols(fresh) == [1, 1, 1, 1])
  }
}
