import BFV
import BigIntegers
import TestSupport
import Testing

@Suite struct EncryptedVectorTests {
  @Test(arguments: [65_537, BigInteger(1) << 99])
  func weightedSumsStandInTheConstantCoefficient(t: BigInteger) throws {
    var random = SeededGenerator()
    let parameters = try SmallSet.wide(t).parameters
    let key = SecretKey(parameters)
    let elements = (0..<3).map { _ in random.wideResidues(parameters) }
    let uploads = try elements.map {
      key.encryptSeeded(try Plaintext(wideCoefficients: $0, parameters: parameters))
    }
    let vector = try EncryptedVector(uploads)
    #expect(vector.capacity == 3 * parameters.degree)
    let all = elements.flatMap { $0 }
    for step in [1, 2, 500, 1_024] {
      let pairs = stride(from: step - 1, to: all.count, by: step).map {
        (element: $0, weight: Int64.random(in: -200...200, using: &random))
      }
      let weights = try EncryptedVector.Weights(pairs, capacity: vector.capacity, parameters: parameters)
      let sum = try vector.weightedSum(weights)
      let expected = pairs.reduce(BigInteger(0)) { $0 + all[$1.element] * BigInteger(Int($1.weight)) } % t
      #expect(sum.noiseBudgetBound > 0)
      #expect(key.decrypt(sum).wideCoefficient(0) == expected, "every \(step)th, seed \(random.seed)")
    }
  }

  @Test func noWeightsGiveTheTransparentZero() throws {
    let parameters = try SmallSet.slots.parameters
    let key = SecretKey(parameters)
    let vector = try EncryptedVector([key.encryptSeeded(Plaintext(constant: 5, parameters: parameters))])
    let weights = try EncryptedVector.Weights([], capacity: vector.capacity, parameters: parameters)
    var sum = try vector.weightedSum(weights)
    #expect(sum.isTransparent)
    sum.add(key.makePublicKey().encryptZero())
    #expect(!sum.isTransparent)
    #expect(key.decrypt(sum) == Plaintext(zero: parameters))
  }

  @Test func malformedWeightsAndMixedUploadsAreRefused() throws {
    let parameters = try SmallSet.slots.parameters
    let upload = SecretKey(parameters).encryptSeeded(Plaintext(zero: parameters))
    for pairs in [[(1024, 1)], [(-1, 1)], [(3, 1), (3, 2)], [(0, 1 << 47)], [(0, Int64.min)]]
      as [[(Int, Int64)]]
    {
      #expect(throws: BFVError.wrongShape) {
        try EncryptedVector.Weights(
          pairs.map { (element: $0.0, weight: $0.1) }, capacity: 1024, parameters: parameters)
      }
    }
    let other = try SmallSet.digits.parameters
    let foreign = SecretKey(other).encryptSeeded(Plaintext(zero: other))
    #expect(throws: BFVError.wrongShape) { try EncryptedVector([]) }
    #expect(throws: BFVError.wrongShape) { try EncryptedVector([upload, foreign]) }
    // Errors that are not independent add up faster than the noise bound says.
    #expect(throws: BFVError.wrongShape) { try EncryptedVector([upload, upload]) }
  }
}
