import PrimeOrderGroup
import ProcessorFeatures
import TestSupport
import Testing

/// RFC 9496, appendix A, by single operations and by both batch paths.
@Suite struct RFC9496Tests {
  private let multiples = RFC9496Vectors.multiplesOfGenerator.map { bytes(hex: $0) }

  @Test func multiplesOfTheGeneratorHaveThePublishedEncodings() throws {
    var sum = GroupElement.identity
    for (factor, expected) in multiples.enumerated() {
      #expect(sum.bytes == expected)
      #expect(GroupElement.generator(multipliedBy: try scalar(factor)).bytes == expected)
      #expect(GroupElement.generator.multiplied(by: try scalar(factor)).bytes == expected)
      #expect(try GroupElement(decoding: expected, identity: .allowed) == sum)
      sum = sum + .generator
    }
  }

  @Test(arguments: groupVariants)
  func batchesOfMultiplesHaveThePublishedEncodings(variant: VectorVariant) throws {
    let settings = BatchSettings(variant: variant)
    for factor in 1...15 {
      let generators = [UInt8]((0..<19).flatMap { _ in GroupElement.generator.bytes })
      let products = try GroupElements(
        multiplying: generators, by: try secret(scalar(factor)), settings: settings)
      #expect(products.allSatisfy { $0.bytes == multiples[factor] })
    }
    let same = try GroupElements(
      multiplying: multiples.flatMap { $0 }, by: try secret(scalar(1)), identity: .allowed, settings: settings
    )
    #expect(same.bytes == multiples.flatMap { $0 })
  }

  @Test func invalidEncodingsAreRejectedOneByOne() {
    for text in RFC9496Vectors.invalidEncodings {
      #expect(throws: GroupError.invalidEncoding(index: 0)) { try GroupElement(decoding: bytes(hex: text)) }
    }
  }

  @Test(arguments: groupVariants)
  func invalidEncodingsAreRejectedInEveryLane(variant: VectorVariant) throws {
    let good =
      RFC9496Vectors.multiplesOfGenerator[1...].flatMap { bytes(hex: $0) } + GroupElement.generator.bytes
    for (k, text) in RFC9496Vectors.invalidEncodings.enumerated() {
      let index = (3 * k) % 19
      var batch = good + good
      batch.removeLast(32 * 13)
      batch.replaceSubrange(32 * index..<32 * (index + 1), with: bytes(hex: text))
      #expect(throws: GroupError.invalidEncoding(index: index), "\(text)") {
        try GroupElements(
          multiplying: batch, by: try secret(scalar(7)), settings: BatchSettings(variant: variant))
      }
      #expect(throws: GroupError.invalidEncoding(index: index)) { try GroupElements(decoding: batch) }
    }
  }

  @Test(arguments: groupVariants)
  func theMapGivesThePublishedElements(variant: VectorVariant) throws {
    let uniform = RFC9496Vectors.map.map { bytes(hex: $0.uniform) }
    let expected = RFC9496Vectors.map.map { bytes(hex: $0.element) }
    #expect(uniform.map { GroupElement(mapping: $0).bytes } == expected)
    let batch = try GroupElements(mapping: uniform.flatMap { $0 }, settings: BatchSettings(variant: variant))
    #expect(batch.map(\.bytes) == expected)
    let equal = RFC9496Vectors.equalMaps.flatMap { bytes(hex: $0) }
    let images = try GroupElements(mapping: equal, settings: BatchSettings(variant: variant))
    #expect(images.allSatisfy { $0.bytes == bytes(hex: RFC9496Vectors.elementOfEqualMaps) })
  }
}
