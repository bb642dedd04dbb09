import BFV
import BigIntegers
import ByteCoding
import Glibc
import Primitives
import Secrets

/// Vectors under BFV: one value for each coefficient, negative ones from the top of the residues modulo t.
struct BFVSums: Sendable {
  let key: BFV.PublicKey
  /// The flood is uniform on [−2^(floodBits−1), 2^(floodBits−1)).
  let floodBits: Int
  let distanceLog2: Double
  let failureLog2: Double

  /// Throws `invalidStudy` where vector, sums or noise do not fit the parameter set.
  init(_ study: SumStudy, _ layout: SumLayout, key: BFV.PublicKey) throws(SumError) {
    let parameters = key.parameters
    guard layout.count <= parameters.degree else {
      throw .invalidStudy(.tooManyValues(layout.count, maximum: parameters.degree))
    }
    if let block = layout.blocks.first(where: { $0.isWider(than: parameters.plaintextModulus) }) {
      throw .invalidStudy(.mightWrap(column: study.column(of: block.kind)))
    }
    let noise = ReleaseNoise(parameters, contributions: study.limits.maximumContributors)
    guard noise.failureLog2 <= SumPlan.statisticalLog2 else {
      throw .invalidStudy(.tooManyContributors(maximum: ReleaseNoise.mostContributions(parameters)))
    }
    self.key = key
    floodBits = noise.floodBits
    distanceLog2 = noise.distanceLog2
    failureLog2 = noise.failureLog2
  }

  func headroomBits(span: Int) -> Double {
    let t = key.parameters.plaintextModulus
    let shift = max(0, t.bitWidth - 53)
    return log2(Double((t >> shift).words.first ?? 1)) + Double(shift) - log2(Double(span))
  }

  var byteCount: Int {
    let degree = key.parameters.degree
    let rows = key.parameters.literal.coefficientModuli.reduce(0) { sum, prime in
      sum + (degree * (UInt64.bitWidth - prime.leadingZeroBitCount) + 7) / 8
    }
    return FormatHeader.byteCount + SHA256.byteCount + 3 + 2 * rows
  }

  /// Signed values as residues modulo t.
  func plaintext(_ values: [Int]) throws(SumError) -> Plaintext {
    let t = key.parameters.plaintextModulus
    let residues = values.map { $0 < 0 ? t + BigInteger($0) : BigInteger($0) }
    do { return try Plaintext(wideCoefficients: residues, parameters: key.parameters) } catch {
      throw .vectorOutOfRange
    }
  }

  func encrypt(_ vector: [Int]) throws(SumError) -> [UInt8] { key.encrypt(try plaintext(vector)).encoded() }

  /// Parameters, level, two polynomials, every residue below its prime, not transparent.
  func ciphertext(_ body: [UInt8]) throws(SumError) -> Ciphertext<Coefficient> {
    guard body.count == byteCount else { throw .malformedContribution }
    do {
      return try Ciphertext<Coefficient>(
        decoding: body, parameters: key.parameters, noise: .freshPublic(degree: key.parameters.degree))
    } catch { throw error == .transparent ? .transparentContribution : .malformedContribution }
  }

  /// With noise (none where it is empty), an encryption of zero and the flood, switched to the set's widths of answers.
  func release(
    _ sum: Ciphertext<Coefficient>, noise: [Int], seeds: borrowing SumSeeds
  ) throws(SumError) -> [UInt8] {
    var sum = sum
    if !noise.isEmpty { sum.add(try plaintext(noise)) }
    var stream = seeds.stream(.rerandomization)
    sum.add(key.encryptZero(from: &stream), errorsAreIndependent: true)
    stream = seeds.stream(.flood)
    do {
      try sum.flood(bits: floodBits, from: &stream)
      guard sum.answerDecrypts else { throw BFVError.answersUnavailable }
      return try sum.answer(.all).encoded(key.parameters)
    } catch { throw .noiseTooLarge }
  }

  /// The first `count` sums. Throws `malformed` or `wrongDecryptionKey`.
  func values(
    of bytes: [UInt8], count: Int, key secret: borrowing SecretKey
  ) throws(SumError) -> [BigInteger] {
    let parameters = key.parameters
    guard secret.parameters.digest == parameters.digest else { throw .wrongDecryptionKey }
    let plaintext: Plaintext
    do {
      let answer = try Answer(decoding: bytes, parameters: parameters)
      guard answer.extent == .all else { throw BFVError.malformed }
      plaintext = try secret.decrypt(answer)
    } catch { throw .malformed }
    let t = parameters.plaintextModulus
    return (0..<count).map { position in
      let value = plaintext.wideCoefficient(position)
      return value > t >> 1 ? value - t : value
    }
  }
}

extension SumLayout.Block {
  fileprivate func isWider(than modulus: BigInteger) -> Bool {
    BigInteger(released.upperBound) - BigInteger(released.lowerBound) >= modulus
  }
}

/// The noise of a release of so many contributions, computed from parameters alone.
struct ReleaseNoise {
  let floodBits: Int
  let distanceLog2: Double
  let failureLog2: Double

  /// Contributions, the encryption of zero, and the roundings of all of them and of the noise that privacy adds.
  init(_ parameters: Parameters, contributions: Int) {
    var noise = NoiseBound.freshPublic(degree: parameters.degree)
    let growth = log2(Double(contributions + 1)) / 2
    noise.deviation += growth
    noise.directional += growth
    noise.euclidean += growth
    noise.bounded = log2(Double(contributions + 2)) - 1
    // E|noise| of a coefficient is at most its deviation and its bounded part; all N coefficients are sent.
    let expected = log2(Double(parameters.degree) * (exp2(noise.deviation) + exp2(noise.bounded)))
    floodBits = Int((expected - SumPlan.statisticalLog2).rounded(.up))
    distanceLog2 = expected - Double(floodBits)
    // The flood's asymmetry stays below 2^-38 of itself.
    noise.bounded = log2(exp2(noise.bounded) + exp2(Double(floodBits - 1)) * (1 + 0x1p-38))
    noise.boundedSum = noise.bounded + log2(Double(parameters.degree))
    failureLog2 =
      (try? parameters.answerFailureLog2(noise, coefficients: parameters.degree)) ?? 0
  }

  /// The most contributions for which a release decrypts; 0 where none does.
  static func mostContributions(_ parameters: Parameters) -> Int {
    var (low, high) = (0, 1_000_000)
    while low < high {
      let middle = (low + high + 1) / 2
      if ReleaseNoise(parameters, contributions: middle).failureLog2 <= SumPlan.statisticalLog2 {
        low = middle
      } else {
        high = middle - 1
      }
    }
    return low
  }
}
