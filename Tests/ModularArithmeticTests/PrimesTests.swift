import ModularArithmetic
import TestSupport
import Testing

@Suite struct PrimesTests {
  @Test func primalityAgreesWithASieve() throws {
    let limit = 20_000
    var composite = [Bool](repeating: false, count: limit)
    for p in 2..<limit where !composite[p] {
      for multiple in stride(from: p * p, to: limit, by: p) { composite[multiple] = true }
    }
    for n in 2..<limit { #expect(try Modulus(UInt64(n)).isPrime == !composite[n], "\(n)") }
  }

  /// Carmichael numbers, strong pseudoprimes to the first bases (OEIS A014233), squares and the largest primes.
  @Test func hardCasesOfPrimalityAreDecided() throws {
    let composites: [UInt64] = [
      561, 2047, 1_373_653, 25_326_001, 3_215_031_751, 2_152_302_898_747, 3_474_749_660_383,
      16_777_213 * 16_777_213, (1 << 48) - 1,
    ]
    for n in composites { #expect(try !Modulus(n).isPrime, "\(n)") }
    let primes: [UInt64] = [2, 3, 37, 41, 12_289, 65_537, (1 << 31) - 1, (1 << 48) - 59]
    for n in primes { #expect(try Modulus(n).isPrime, "\(n)") }
  }

  @Test func primesAreTheLargestOfTheirSizeAndClass() throws {
    for (bitWidth, order) in [(14, 2048), (20, 2048), (26, 2048), (18, 65_536)] as [(Int, UInt64)] {
      let all = try (UInt64(1) << UInt64(bitWidth - 1)..<UInt64(1) << UInt64(bitWidth))
        .filter { try $0 % order == 1 && Modulus($0).isPrime }.reversed()
      let count = min(3, all.count)
      let found = try Modulus.primes(bitWidth: bitWidth, congruentToOneModulo: order, count: count)
      #expect(found.map(\.value) == Array(all.prefix(count)), "\(bitWidth) bits, order \(order)")
      #expect(throws: ModularArithmeticError.notFound) {
        try Modulus.primes(bitWidth: bitWidth, congruentToOneModulo: order, count: all.count + 1)
      }
    }
  }

  @Test func primesOfTwoBitsAreTwoAndThree() throws {
    let found = try Modulus.primes(bitWidth: 2, congruentToOneModulo: 1, count: 2)
    #expect(found.map(\.value) == [3, 2])
  }

  @Test func impossiblePrimesAreRefused() throws {
    for bitWidth in [-1, 0, 1, 49] {
      #expect(throws: ModularArithmeticError.modulusOutOfRange) {
        try Modulus.primes(bitWidth: bitWidth, congruentToOneModulo: 2, count: 1)
      }
    }
    #expect(throws: ModularArithmeticError.modulusOutOfRange) {
      try Modulus.primes(bitWidth: 20, congruentToOneModulo: 0, count: 1)
    }
    #expect(throws: ModularArithmeticError.notFound) {
      try Modulus.primes(bitWidth: 20, congruentToOneModulo: 1 << 40, count: 1)
    }
  }

  @Test(arguments: [UInt64(3), 5, 17, 12_289, 65_537, 786_433])
  func smallestPrimitiveRootIsTheSmallestElementOfItsOrder(q: UInt64) throws {
    let modulus = try Modulus(q)
    for order in (1...11).map({ UInt64(1) << $0 }) {
      guard (q - 1) % order == 0 else {
        #expect(throws: ModularArithmeticError.notFound) {
          try modulus.smallestPrimitiveRoot(ofOrder: order)
        }
        continue
      }
      let smallest = (1..<q).first { modulus.power($0, variableTimeExponent: order / 2) == q - 1 }
      #expect(try modulus.smallestPrimitiveRoot(ofOrder: order) == smallest, "order \(order) mod \(q)")
    }
    for order: UInt64 in [0, 1, 3, 6] {
      #expect(throws: ModularArithmeticError.notFound) {
        try modulus.smallestPrimitiveRoot(ofOrder: order)
      }
    }
  }
}
