import Secrets
import Testing

@Suite struct SecretBufferTests {
  private struct Refusal: Error, Equatable {}

  @Test(arguments: [0, 1, 63, 64, 65, 4096, 100_000])
  func aNewBufferIsZeroAndAligned(count: Int) {
    let buffer = SecretBuffer<UInt64>(count: count)
    #expect(buffer.count == count)
    let isZero = unsafe buffer.withUnsafeBufferPointer { unsafe $0.allSatisfy { $0 == 0 } }
    let remainder = unsafe buffer.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) % 64 }
    #expect(isZero && remainder == 0)
  }

  @Test func changesStayAndCopiesAreIndependent() {
    var original = unsafe SecretBuffer<Int64>(count: 3) { unsafe $0[1] = -7 }
    let copy = original.copy()
    unsafe original.withUnsafeMutableBufferPointer { unsafe $0[1] = 8 }
    #expect(unsafe original.withUnsafeBufferPointer { unsafe Array($0) } == [0, 8, 0])
    #expect(unsafe copy.withUnsafeBufferPointer { unsafe Array($0) } == [0, -7, 0])
  }

  @Test func theErrorOfAnInitialiserComesThrough() {
    #expect(throws: Refusal()) {
      _ = try unsafe SecretBytes(count: 32) { (bytes) throws(Refusal) in
        unsafe bytes[0] = 1
        throw Refusal()
      }
    }
  }

  @Test func typedErrorsAndResultsPassThroughAccess() throws {
    let buffer = SecretBytes(count: 4)
    let count = try unsafe buffer.withUnsafeBufferPointer { (bytes) throws(Refusal) -> Int in bytes.count }
    #expect(count == 4)
    #expect(throws: Refusal()) {
      try unsafe buffer.withUnsafeBufferPointer { (_) throws(Refusal) in throw Refusal() }
    }
  }

  @Test func wipingClearsExactlyTheGivenBytes() {
    var bytes = [UInt8](repeating: 0xA5, count: 100)
    unsafe bytes.withUnsafeMutableBytes { memory in
      guard let start = memory.baseAddress else { return }
      unsafe wipeSecretMemory(start + 1, byteCount: 98)
    }
    #expect(bytes == [0xA5] + [UInt8](repeating: 0, count: 98) + [0xA5])
  }
}

@Suite struct ConstantTimeTests {
  @Test(arguments: [0, 1, 31, 32, 100])
  func aSingleFlippedBitMakesBytesUnequal(count: Int) {
    let bytes = SystemRandom.bytes(count: count)
    #expect(constantTimeEquals(bytes, bytes))
    for bit in 0..<(8 * count) {
      var other = bytes
      other[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(!constantTimeEquals(bytes, other), "bit \(bit)")
    }
  }

  @Test func bytesOfDifferentLengthAreUnequal() {
    #expect(!constantTimeEquals([0], [0, 0]))
    let secretsAreEqual = constantTimeEquals(SecretBytes(count: 1), SecretBytes(count: 2))
    #expect(!secretsAreEqual)
  }

  @Test func secretsCompareByContent() {
    let a = SystemRandom.secretBytes(count: 32)
    var b = a.copy()
    let copyIsEqual = constantTimeEquals(a, b)
    unsafe b.withUnsafeMutableBufferPointer { unsafe $0[31] ^= 0x80 }
    let changedIsEqual = constantTimeEquals(a, b)
    #expect(copyIsEqual && !changedIsEqual)
  }
}

@Suite struct SystemRandomTests {
  @Test(arguments: [0, 1, 255, 256, 257, 1000])
  func fillsTheWholeBufferAndNothingElse(count: Int) {
    // A byte that stays zero in 16 independent fills has not been written, up to a chance of 2^-128 each.
    var union = [UInt8](repeating: 0, count: count + 2)
    for _ in 0..<16 {
      var bytes = [UInt8](repeating: 0, count: count + 2)
      unsafe bytes.withUnsafeMutableBytes { memory in
        unsafe SystemRandom.fill(UnsafeMutableRawBufferPointer(rebasing: memory[1..<(count + 1)]))
      }
      for index in bytes.indices { union[index] |= bytes[index] }
    }
    #expect(union.first == 0 && union.last == 0)
    #expect(union.dropFirst().dropLast().allSatisfy { $0 != 0 })
  }

  @Test func twoSecretsDiffer() {
    let secretsAreEqual = constantTimeEquals(
      SystemRandom.secretBytes(count: 32), SystemRandom.secretBytes(count: 32))
    #expect(!secretsAreEqual)
    #expect(SystemRandom.bytes(count: 32) != SystemRandom.bytes(count: 32))
  }
}
