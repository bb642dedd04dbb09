import BigIntegers
import TestSupport
import Testing

@Suite struct BigIntegersTests {
  /// 2^127 − 1, 40! and their product are in every table of numbers.
  @Test func knownValues() throws {
    let mersenne = (BigInteger(1) << 127) - 1
    #expect(mersenne.description == "170141183460469231731687303715884105727")
    #expect(mersenne.words == [.max, .max >> 1])
    #expect(mersenne.bitWidth == 127)
    let factorial = (1...40).reduce(BigInteger(1)) { $0 * BigInteger($1) }
    #expect(factorial.description == "815915283247897734345611269596115894272000000000")
    #expect(factorial % mersenne == factorial - factorial / mersenne * mersenne)
    #expect(BigInteger("7fffffffffffffffffffffffffffffff", radix: 16) == mersenne)
    #expect(try BigInteger(3).inverse(modulo: 7) == 5)
    #expect(BigInteger.gcd(-48, 36) == 12)
  }

  @Test func zeroHasNoWordsAndNoSign() {
    let zero = BigInteger()
    #expect(zero == 0 && zero.words.isEmpty && zero.signum == 0 && zero.bitWidth == 0)
    #expect(BigInteger(words: []) == 0 && BigInteger(words: [0, 0]) == 0 && -zero == zero)
    #expect(zero.description == "0" && zero.isEven)
  }

  @Test func extremesOfMachineIntegersSurvive() {
    for value in [Int.min, -1, 0, 1, Int.max] {
      #expect(Int(exactly: BigInteger(value)) == value)
      #expect(BigInteger(value).description == String(value))
    }
    #expect(UInt64(exactly: BigInteger(UInt64.max)) == .max)
    #expect(UInt64(exactly: BigInteger(-1)) == nil && UInt64(exactly: BigInteger(UInt64.max) + 1) == nil)
    #expect(Int(exactly: BigInteger(Int.max) + 1) == nil && Int(exactly: BigInteger(Int.min) - 1) == nil)
  }

  @Test func divisionRoundsAsDocumented() {
    let cases: [(a: Int, b: Int, floor: Int, modulo: Int)] = [
      (7, 3, 2, 1), (-7, 3, -3, 2), (7, -3, -3, -2), (-7, -3, 2, -1), (6, -3, -2, 0),
    ]
    for (a, b, floor, modulo) in cases {
      #expect(BigInteger(a) / BigInteger(b) == BigInteger(floor), "\(a)/\(b)")
      #expect(BigInteger(a) % BigInteger(b) == BigInteger(modulo), "\(a)%\(b)")
      let truncated = BigInteger(a).quotientAndRemainder(dividingBy: BigInteger(b))
      #expect(
        truncated.quotient == BigInteger(a / b) && truncated.remainder == BigInteger(a % b), "\(a)/\(b)")
    }
    #expect(BigInteger(-7).remainder(dividingBy: 3) == 2)
    #expect(BigInteger(-1).remainder(dividingBy: .max) == UInt64.max - 1)
  }

  @Test func shiftsRoundTowardsMinusInfinityAndAreEachOthersOpposite() {
    #expect(BigInteger(-5) >> 1 == -3 && BigInteger(5) >> 1 == 2)
    #expect(BigInteger(-5) << -1 == -3 && BigInteger(5) >> -3 == 40)
    #expect((BigInteger(1) << 200) >> 200 == 1)
  }

  @Test func copiesAreValues() {
    var a = BigInteger(UInt64.max)
    let b = a
    a += 1
    #expect(b.words == [.max] && a.words == [0, 1])
    a -= 1
    #expect(a == b && a.hashValue == b.hashValue)
    a *= a
    #expect(a == b * b)
  }

  @Test(arguments: ["", "-", "+1", " 1", "1 ", "1_0", "0x10", "--1", "12a", "１"])
  func otherTextIsNotADecimalNumber(text: String) {
    #expect(BigInteger(text) == nil)
  }

  @Test func literalsTakeAPrefix() {
    #expect(BigInteger(literal: "0xFf") == 255 && BigInteger(literal: "-0x10") == -16)
    #expect(BigInteger(literal: "-12") == -12)
    for text in ["0x", "0x-1", "0X1", "-", "--0x1", "0xg"] {
      #expect(BigInteger(literal: text) == nil, "\(text)")
    }
  }

  @Test func inversesExistExactlyForCoprimeNumbers() throws {
    #expect(throws: BigIntegersError.notInvertible) { try BigInteger(6).inverse(modulo: 9) }
    #expect(throws: BigIntegersError.notInvertible) { try BigInteger(0).inverse(modulo: 9) }
    #expect(throws: BigIntegersError.modulusOutOfRange) { try BigInteger(1).inverse(modulo: 0) }
    #expect(throws: BigIntegersError.modulusOutOfRange) { try BigInteger(1).inverse(modulo: -3) }
    #expect(try BigInteger(5).inverse(modulo: 1) == 0)
    #expect(try BigInteger(-2).inverse(modulo: 9) == 4)
  }
}
