import BFV
import BigIntegers
import Foundation
import ParameterFiles
import TestSupport
import Testing

/// The sets for cross statistics: digits of several groups in one coefficient, weighted sums over all documented rows,
/// re-randomised, flooded, rounded, and read exactly.
@Suite struct CrossStatisticsSetTests {
  static let names = ParameterFiles.names.filter { $0.hasPrefix("cross-") }

  /// Uploads are repeated beyond this many rows.
  static let distinctRows = 500_000

  @Test func allSetsStateInnerProducts() {
    #expect(Self.names == Workload.sets("cross-", kind: "inner-product"))
  }

  /// Rows of radix digits 0 and 1, one digit for each group.
  private struct Rows {
    let workload: Workload
    let radix: BigInteger
    let powers: [BigInteger]
    /// For each row a bit mask of its groups.
    let groups: [Int]

    init(_ workload: Workload, count: Int, _ random: inout SeededGenerator) throws {
      self.workload = workload
      let radix = try #require(workload.radix.flatMap { BigInteger(literal: $0) })
      self.radix = radix
      let digits = try #require(workload.digitsPerCoefficient)
      powers = (0..<digits).map { (0..<$0).reduce(BigInteger(1)) { power, _ in power * radix } }
      let onlyOne = workload.uploadDigits != "any"
      // Every hundredth row in no group; else any set of groups, or exactly one.
      groups = (0..<count).map { row in
        if row % 100 == 0 { return 0 }
        return onlyOne
          ? 1 << Int.random(in: 0..<digits, using: &random)
          : Int.random(in: 0..<(1 << digits), using: &random)
      }
    }

    func plaintext(_ chunk: Int, _ parameters: Parameters) throws -> Plaintext {
      let start = chunk * parameters.degree
      let masks = groups[start..<min(start + parameters.degree, groups.count)]
      let values = (0..<(1 << powers.count)).map { mask in
        powers.indices.reduce(BigInteger(0)) { mask >> $1 & 1 == 1 ? $0 + powers[$1] : $0 }
      }
      return try Plaintext(labels: masks.map { Int32($0) }, from: 0, among: values, parameters: parameters)
    }

    func digits(of value: BigInteger) -> [BigInteger] {
      powers.map { value / $0 % radix }
    }
  }

  @Test(arguments: names)
  func weightedSumsAreReadExactly(name: String) throws {
    var random = SeededGenerator()
    let parameters = try ParameterFiles.parameters(named: name)
    let workload = try Workload.named(name)
    let (rowCount, bound) = (try #require(workload.rows), try #require(workload.weightBound))
    let floodBits = try #require(workload.floodBits)
    let key = SecretKey(parameters)
    let publicKey = try PublicKey(decoding: key.makePublicKey().encoded(), parameters: parameters)
    let rows = try Rows(workload, count: min(rowCount, Self.distinctRows), &random)
    let chunks = (rows.groups.count + parameters.degree - 1) / parameters.degree
    let uploads = try (0..<chunks).map { chunk in
      try SeededCiphertext(
        decoding: key.encryptSeeded(rows.plaintext(chunk, parameters)).encoded(), parameters: parameters)
    }
    let repeats = rowCount / rows.groups.count
    let vector = try EncryptedVector(withRepeats: (0..<repeats).flatMap { _ in uploads })
    // The largest weights everywhere, and random ones in half of the rows.
    for isLargest in [true, false] {
      var sums = [Int64](repeating: 0, count: rows.powers.count)
      var pairs: [(element: Int, weight: Int64)] = []
      for row in 0..<(repeats * rows.groups.count) where isLargest || random.next() & 1 == 0 {
        let (copy, index) = row.quotientAndRemainder(dividingBy: rows.groups.count)
        let lowest = bound == 1 ? 1 : -bound
        let weight = isLargest ? bound : Int64.random(in: lowest...bound, using: &random)
        pairs.append((copy * chunks * parameters.degree + index, weight))
        for group in sums.indices where rows.groups[index] >> group & 1 == 1 { sums[group] += weight }
      }
      let weights = try EncryptedVector.Weights(pairs, capacity: vector.capacity, parameters: parameters)
      var sum = try vector.weightedSum(weights)
      sum.add(publicKey.encryptZero(), errorsAreIndependent: true)
      if workload.uploadDigits == "any" {
        let mean = log2(exp2(sum.noise.deviation) + exp2(sum.noise.bounded))
        let distance = log2(Double(workload.answers ?? 1)) + mean - Double(floodBits + 1)
        #expect(distance <= -40, "\(name): the flood hides the noise up to 2^\(distance)")
      }
      try Self.release(&sum, rows, sums, key, &random)
    }
  }

  /// Adds noise at its bound, floods, rounds, sends and reads the digits.
  private static func release(
    _ sum: inout Ciphertext<Coefficient>, _ rows: Rows, _ sums: [Int64], _ key: borrowing SecretKey,
    _ random: inout SeededGenerator
  ) throws {
    let parameters = key.parameters
    let noiseBound = try #require(rows.workload.noiseBound)
    let noises: [Int64] = sums.map { _ in noiseBound * Int64.random(in: -1...1, using: &random) }
    // An offset makes every digit non-negative.
    let offset = (rows.workload.weightBound ?? 1) == 1 ? BigInteger(Int(noiseBound)) : rows.radix / 2
    var added = BigInteger(0)
    for (power, noise) in zip(rows.powers, noises) { added += power * (offset + BigInteger(Int(noise))) }
    sum.add(try Plaintext(constant: added % parameters.plaintextModulus, parameters: parameters))
    try sum.flood(bits: (rows.workload.floodBits ?? 0) + 1, constantCoefficientOnly: true)
    #expect(sum.answerDecrypts, "\(parameters.literal.name)")
    let answer = try Answer(
      decoding: sum.answer(.constant).encoded(parameters), parameters: parameters)
    let digits = rows.digits(of: try key.decrypt(answer).wideCoefficient(0))
    var expected: [BigInteger] = []
    for (sum, noise) in zip(sums, noises) { expected.append(offset + BigInteger(Int(sum + noise))) }
    #expect(digits == expected, "\(parameters.literal.name), seed \(random.seed)")
  }

  @Test(arguments: names)
  func innerProductOfReversedMasksIsTheSameSum(name: String) throws {
    var random = SeededGenerator()
    let parameters = try ParameterFiles.parameters(named: name)
    let (degree, t) = (parameters.degree, parameters.plaintextModulus)
    let key = SecretKey(parameters)
    let rows = try Rows(Workload.named(name), count: 3 * degree, &random)
    var (ciphertexts, masks): ([Ciphertext<Evaluation>], [TransformedPlaintext]) = ([], [])
    var sums = [Int64](repeating: 0, count: rows.powers.count)
    for chunk in 0..<3 {
      ciphertexts.append(key.encryptSeeded(try rows.plaintext(chunk, parameters)).expandedEvaluated())
      let weights = (0..<degree).map { _ in random.next() & 1 }
      for (index, weight) in weights.enumerated() {
        let mask = rows.groups[chunk * degree + index]
        for group in sums.indices where mask >> group & 1 == 1 { sums[group] += Int64(weight) }
      }
      // X^-i = −X^(N−i).
      let reversed = (0..<degree).map { place -> BigInteger in
        let weight: UInt64 = weights[(degree - place) % degree]
        return place == 0 || weight == 0 ? BigInteger(weight) : t - BigInteger(weight)
      }
      masks.append(
        TransformedPlaintext(
          try Plaintext(wideCoefficients: reversed, parameters: parameters), parameters: parameters))
    }
    let sum = try Ciphertext.innerProduct(ciphertexts, masks, errorsAreIndependent: true).interpolated()
    let slack = Noise.slack(sum, key)
    #expect(slack >= 0 && slack < 12, "slack \(slack) bits")
    #expect(
      rows.digits(of: key.decrypt(sum).wideCoefficient(0)) == sums.map { BigInteger(Int($0)) },
      "\(name), seed \(random.seed)")
  }
}
