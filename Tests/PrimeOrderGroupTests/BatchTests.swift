import PrimeOrderGroup
import ProcessorFeatures
import Secrets
import TestSupport
import Testing

/// Both batch paths against single operations.
@Suite struct BatchTests {
  @Test(arguments: groupVariants)
  func batchProductsEqualSingleProductsAtEveryCount(variant: VectorVariant) throws {
    var random = SeededGenerator()
    let all = random.elements(batchCounts.max() ?? 0)
    let factor = random.scalar()
    let expected = all.map { $0.multiplied(by: factor) }
    for count in batchCounts {
      for threads in [1, 3] {
        let settings = BatchSettings(threads: threads, variant: variant)
        let products = GroupElements(all.prefix(count)).multiplied(by: try secret(factor), settings: settings)
        #expect(Array(products) == Array(expected.prefix(count)), "count \(count), seed \(random.seed)")
      }
    }
  }

  /// Digits of −8 and 8, carries through all digits, odd and even factors, and the largest.
  @Test(arguments: groupVariants)
  func batchProductsAreRightForExtremeFactors(variant: VectorVariant) throws {
    var random = SeededGenerator()
    let elements = random.elements(9)
    var factors = try [1, 2, 3, 8, 15, 16, 17, 0x7777_7777, 0x8888_8888, -1, -2, -3, -16, -0x8888_8889].map(
      scalar)
    factors.append(try GroupScalar(decoding: [UInt8](repeating: 0x88, count: 31) + [0x08]))
    factors.append(try GroupScalar(decoding: [UInt8](repeating: 0x77, count: 31) + [0x07]))
    factors.append(try GroupScalar(decoding: [UInt8](repeating: 0xff, count: 31) + [0x0f]))
    factors.append(try GroupScalar(decoding: [UInt8](repeating: 0, count: 31) + [0x10]))
    for factor in factors {
      let products = elements.multiplied(by: try secret(factor), settings: BatchSettings(variant: variant))
      #expect(
        Array(products) == elements.map { $0.multiplied(by: factor) }, "\(factor.bytes), seed \(random.seed)")
    }
  }

  @Test(arguments: groupVariants)
  func batchMapsEqualSingleMapsAtEveryCount(variant: VectorVariant) throws {
    var random = SeededGenerator()
    var uniform = random.bytes(64 * (batchCounts.max() ?? 0))
    // Zeros, all ones, one; then halves whose map divides by zero: t² = d·√−1 and t² = √−1/d, alone and together.
    let first = bytes(hex: "45e4a3b534d5cf8a559215f1d2564332ea91148c66abcb8a6814840ba7aa4c7a")
    let second = bytes(hex: "40256ac5e4c73af6057c6d5120f90c4362ab4ad9015bc365598daca048bac400")
    let rest = random.bytes(32)
    let special = [
      [UInt8](repeating: 0, count: 64), [UInt8](repeating: 255, count: 64),
      [1] + [UInt8](repeating: 0, count: 63),
      first + rest, rest + first, first + first, second + rest, rest + second, first + second,
      second + second, rest + rest,
    ]
    uniform.replaceSubrange(0..<64 * special.count, with: special.flatMap { $0 })
    let expected = stride(from: 0, to: uniform.count, by: 64).map {
      GroupElement(mapping: Array(uniform[$0..<$0 + 64]))
    }
    let factor = random.scalar()
    for count in batchCounts {
      let settings = BatchSettings(threads: 2, variant: variant)
      let part = Array(uniform.prefix(64 * count))
      let images = try GroupElements(mapping: part, settings: settings)
      #expect(Array(images) == Array(expected.prefix(count)), "count \(count), seed \(random.seed)")
      let products = try GroupElements(mapping: part, multipliedBy: try secret(factor), settings: settings)
      #expect(
        products == images.multiplied(by: try secret(factor), settings: settings),
        "count \(count), seed \(random.seed)")
    }
  }

  @Test(arguments: groupVariants)
  func eachElementIsMultipliedByTheScalarOfItsIndex(variant: VectorVariant) throws {
    var random = SeededGenerator()
    for count in batchCounts {
      let settings = BatchSettings(threads: 2, variant: variant)
      let elements = random.elements(count)
      let factors = (0..<count).map { _ in random.scalar() }
      let blinds = try SecretScalars(decoding: secretBytes(factors.flatMap(\.bytes)))
      let products = elements.multiplied(by: blinds, settings: settings)
      #expect(
        Array(products) == zip(elements, factors).map { $0.multiplied(by: $1) },
        "count \(count), seed \(random.seed)")
      #expect(
        products.multiplied(by: blinds.inverted(), settings: settings) == elements,
        "count \(count), seed \(random.seed)")
    }
  }

  @Test(arguments: groupVariants)
  func sumsOfProductsEqualSumsOfSingleProducts(variant: VectorVariant) throws {
    var random = SeededGenerator()
    for count in batchCounts {
      let elements = random.elements(count)
      let factors = (0..<count).map { $0 == 3 ? random.scalar() - random.scalar() : random.scalar() }
      let expected = zip(elements, factors).reduce(GroupElement.identity) { $0 + $1.0.multiplied(by: $1.1) }
      let sum = elements.sumOfProducts(with: factors, settings: BatchSettings(threads: 2, variant: variant))
      #expect(sum == expected, "count \(count), seed \(random.seed)")
    }
  }

  @Test(arguments: groupVariants)
  func sumsOfProductsTakeZeroAndTheIdentity(variant: VectorVariant) throws {
    let settings = BatchSettings(variant: variant)
    let elements = GroupElements([.generator, .identity, .generator])
    #expect(elements.sumOfProducts(with: try [2, 5, -2].map(scalar), settings: settings) == .identity)
    #expect(elements.sumOfProducts(with: try [0, 5, 1].map(scalar), settings: settings) == .generator)
  }

  @Test(arguments: groupVariants)
  func hashedMessagesEqualSingleHashesWhateverTheirLength(variant: VectorVariant) throws {
    var random = SeededGenerator()
    let tag = try DomainSeparationTag(Array("hitoku test".utf8))
    // Block boundaries of SHA-512, and of what fits eight lanes.
    let lengths = Array(0..<300) + Array(1490..<1515) + [5000, 3]
    let messages = lengths.map { random.bytes($0) }
    let settings = BatchSettings(threads: 2, variant: variant)
    let hashes = GroupElements(hashing: messages, tag: tag, settings: settings)
    #expect(
      Array(hashes) == messages.map { GroupElement(hashing: $0, tag: tag) }, "seed \(random.seed)")
    let factor = random.scalar()
    #expect(
      GroupElements(hashing: messages, tag: tag, multipliedBy: try secret(factor), settings: settings)
        == hashes.multiplied(by: try secret(factor), settings: settings), "seed \(random.seed)")
    let blinds = SecretScalars.random(count: messages.count)
    #expect(
      GroupElements(hashing: messages, tag: tag, multipliedBy: blinds, settings: settings)
        == hashes.multiplied(by: blinds, settings: settings), "seed \(random.seed)")
  }
}
