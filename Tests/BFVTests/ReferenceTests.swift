import BigIntegers
import TestSupport
import Testing

@Suite struct ReferenceTests {
  @Test func kroneckerProductEqualsSchoolbook() {
    var random = SeededGenerator()
    for t: UInt64 in [2, 3, 1 << 20, (1 << 48) - 59] {
      let (a, b) = ((0..<64).map { _ in random.next() % t }, (0..<64).map { _ in random.next() % t })
      let wide = Reference.product(
        a.map { BigInteger($0) }, b.map { BigInteger($0) }, modulo: BigInteger(t))
      #expect(wide == Reference.product(a, b, modulo: t).map { BigInteger($0) }, "seed \(random.seed)")
    }
  }

  @Test func theVariableToThePowerNIsMinusOne() {
    let a: [UInt64] = [0, 0, 0, 1], b: [UInt64] = [5, 1, 0, 0]
    #expect(Reference.product(a, b, modulo: 7) == [6, 0, 0, 5])
    #expect(Reference.shifted(b, by: 3, modulo: 7) == [6, 0, 0, 5])
  }
}
