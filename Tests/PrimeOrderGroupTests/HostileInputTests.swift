import PrimeOrderGroup
import ProcessorFeatures
import Secrets
import TestSupport
import Testing

@Suite struct HostileInputTests {
  /// Random bytes, flipped bits and bit 255: both paths refuse what single validation refuses, at the same index.
  @Test(arguments: groupVariants)
  func batchesRefuseExactlyTheInvalidEncodings(variant: VectorVariant) throws {
    var random = SeededGenerator()
    let settings = BatchSettings(threads: 2, variant: variant)
    let valid = random.elements(300)
    let key = random.scalar()
    for round in 0..<60 {
      var encodings = valid.bytes
      let index = Int.random(in: 0..<300, using: &random)
      let row = 32 * index..<32 * (index + 1)
      switch round % 3 {
      case 0: encodings.replaceSubrange(row, with: random.bytes(32))
      case 1: encodings[row.lowerBound + round % 32] ^= 1 << UInt8(round % 8)
      default: encodings[row.upperBound - 1] |= 128
      }
      let isValid = (try? GroupElement(decoding: encodings[row])) != nil
      let error: GroupError? = isValid ? nil : .invalidEncoding(index: index)
      #expect(
        result { try GroupElements(multiplying: encodings, by: try secret(key), settings: settings) }
          == error,
        "round \(round), seed \(random.seed)")
      #expect(
        result { try GroupElements(decoding: encodings, settings: settings) } == error,
        "round \(round), seed \(random.seed)")
    }
  }

  @Test(arguments: groupVariants)
  func theFirstOfSeveralBadElementsIsReportedAndNothingIsGivenOut(variant: VectorVariant) throws {
    var random = SeededGenerator()
    var encodings = random.elements(1000).bytes
    for index in [999, 700, 280] { encodings[32 * index] |= 1 }
    for index in [900, 300] {
      encodings.replaceSubrange(32 * index..<32 * (index + 1), with: [UInt8](repeating: 0, count: 32))
    }
    let settings = BatchSettings(threads: 3, variant: variant)
    var rows = encodings
    #expect(throws: GroupError.invalidEncoding(index: 280), "seed \(random.seed)") {
      try GroupElements.multiply(&rows, by: try secret(scalar(5)), settings: settings)
    }
    #expect(rows.allSatisfy { $0 == 0 })
    rows = Array(encodings[(32 * 290)...])
    #expect(throws: GroupError.identity(index: 10), "seed \(random.seed)") {
      try GroupElements.multiply(&rows, by: try secret(scalar(5)), settings: settings)
    }
  }

  @Test(arguments: groupVariants)
  func theIdentityIsRefusedUnlessAllowed(variant: VectorVariant) throws {
    let settings = BatchSettings(variant: variant)
    let zeros = [UInt8](repeating: 0, count: 32)
    #expect(throws: GroupError.identity(index: 0)) { try GroupElement(decoding: zeros) }
    #expect(try GroupElement(decoding: zeros, identity: .allowed) == .identity)
    #expect(throws: GroupError.identity(index: 1)) {
      try GroupElements(decoding: GroupElement.generator.bytes + zeros)
    }
    #expect(throws: GroupError.identity(index: 1)) {
      try GroupElements(
        multiplying: GroupElement.generator.bytes + zeros, by: try secret(scalar(2)), settings: settings)
    }
    let allowed = try GroupElements(
      multiplying: zeros, by: try secret(scalar(2)), identity: .allowed, settings: settings)
    #expect(allowed.bytes == zeros)
  }

  @Test func lengthsThatAreNoWholeElementsAreRefused() throws {
    #expect(throws: GroupError.invalidLength(31)) {
      try GroupElement(decoding: [UInt8](repeating: 0, count: 31))
    }
    #expect(throws: GroupError.invalidLength(33)) {
      try GroupElements(decoding: [UInt8](repeating: 0, count: 33))
    }
    #expect(throws: GroupError.invalidLength(33)) {
      try GroupElements(multiplying: [UInt8](repeating: 0, count: 33), by: .random())
    }
    #expect(throws: GroupError.invalidLength(65)) {
      try GroupElements(mapping: [UInt8](repeating: 0, count: 65))
    }
    #expect(throws: GroupError.invalidLength(31)) {
      try GroupScalar(decoding: [UInt8](repeating: 0, count: 31))
    }
    #expect(throws: GroupError.invalidTag(byteCount: 0)) { try DomainSeparationTag([]) }
    #expect(throws: GroupError.invalidTag(byteCount: 256)) {
      try DomainSeparationTag([UInt8](repeating: 1, count: 256))
    }
  }

  @Test func scalarsFromTheOrderOnAndSecretZeroAreRefused() throws {
    let order = bytes(hex: "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
    #expect(throws: GroupError.invalidScalar) { try GroupScalar(decoding: order) }
    #expect(throws: GroupError.invalidScalar) { _ = try SecretScalar(decoding: secretBytes(order)) }
    #expect(throws: GroupError.invalidScalar) {
      try GroupScalar(decoding: [UInt8](repeating: 255, count: 32))
    }
    var largest = order
    largest[0] -= 1
    #expect(try GroupScalar(decoding: largest) == scalar(-1))
    let zeros = [UInt8](repeating: 0, count: 32)
    #expect(try GroupScalar(decoding: zeros) == scalar(0))
    #expect(throws: GroupError.invalidScalar) { _ = try SecretScalar(decoding: secretBytes(zeros)) }
    #expect(throws: GroupError.invalidScalar) { _ = try SecretScalar(reducing: secretBytes(zeros + zeros)) }
    #expect(throws: GroupError.invalidScalar) { _ = try SecretScalar(reducing: secretBytes(order + zeros)) }
    #expect(throws: GroupError.invalidScalar) {
      _ = try SecretScalars(decoding: secretBytes(try scalar(1).bytes + zeros))
    }
  }

  /// The error of `body`, nil where it has none.
  private func result(_ body: () throws -> GroupElements) -> GroupError? {
    do {
      _ = try body()
      return nil
    } catch { return error as? GroupError }
  }
}
