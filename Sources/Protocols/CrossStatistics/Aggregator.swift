import BFV
import BigIntegers
import Primitives

/// The provider's half of an aggregation: sums of its weights over the analyst's encrypted groups.
///
/// What the analyst learns from the answers of one cell is Σ weights + noise for each of its groups, to a statistical
/// distance of 2^-40 over all answers: every answer is re-randomised with a fresh encryption of zero under the
/// analyst's key (else c1 = Σ a·mask would show the weights), flooded in the constant coefficient, the only one of c0
/// that is sent, and rounded. Limbs of large weights are blinded modulo t, so that only their sum can be read.
public struct Aggregator: Sendable {
  private let plan: AggregationPlan
  private let publicKey: PublicKey
  private let vectors: [EncryptedVector]

  /// The analyst's uploads as they come in, pack by pack and chunk by chunk.
  public struct Uploads: Sendable {
    fileprivate var ciphertexts: [SeededCiphertext] = []
    /// How many there are.
    public var count: Int { ciphertexts.count }

    /// None yet.
    public init() {}

    /// Reads the next one. Throws `invalidMessage` for anything malformed, or for more than there are to be.
    public mutating func append(_ bytes: [UInt8], plan: AggregationPlan) throws(CrossStatisticsError) {
      guard count < plan.packs * plan.chunks else { throw .invalidMessage }
      do throws(BFVError) {
        ciphertexts.append(try SeededCiphertext(decoding: bytes, parameters: plan.parameters))
      } catch { throw .invalidMessage }
    }
  }

  /// Takes the analyst's public key, as encoded, and all uploads. Throws `invalidMessage` for anything malformed.
  public init(
    _ plan: AggregationPlan, publicKey: [UInt8], uploads: Uploads
  ) throws(CrossStatisticsError) {
    let uploads = uploads.ciphertexts
    guard uploads.count == plan.packs * plan.chunks else { throw .invalidMessage }
    self.plan = plan
    do throws(BFVError) {
      self.publicKey = try PublicKey(decoding: publicKey, parameters: plan.parameters)
      var vectors: [EncryptedVector] = []
      for pack in 0..<plan.packs {
        vectors.append(try EncryptedVector(Array(uploads[(pack * plan.chunks)..<((pack + 1) * plan.chunks)])))
      }
      self.vectors = vectors
    } catch { throw .invalidMessage }
  }

  /// One table's weights of one cell.
  public typealias Weights = [(row: Int, weight: Int64)]

  /// The encoded answers of one cell: for every pack, for every table, for every limb. `weights`: for each table the
  /// weights of this cell's rows, every row at most once. `noise`: for each table the noise of every group, within
  /// the table's bound. Throws `weightOutOfRange`.
  ///
  /// Time depends on the number of weights and on nothing else that is secret: send nothing before all cells are done,
  /// or fill them up with weights of zero.
  public func answers(
    weights: [Weights], noise: [[Int64]]
  ) throws(CrossStatisticsError) -> [[[UInt8]]] {
    guard weights.count == plan.limbs.count, noise.count == weights.count,
      zip(noise, plan.shape.tables).allSatisfy({ noise, table in
        // A larger one would borrow from the next group's digit.
        noise.count == plan.shape.groups && noise.allSatisfy { $0.magnitude <= table.noiseBound.magnitude }
      })
    else { throw .weightOutOfRange }
    let limbs = try zip(weights, plan.shape.tables).enumerated().map {
      index, pair throws(CrossStatisticsError) in
      try transformed(pair.0, bound: pair.1.weightBound, limbs: plan.limbs[index])
    }
    return try vectors.indices.map { pack throws(CrossStatisticsError) in
      var answers: [[UInt8]] = []
      for (table, parts) in limbs.enumerated() {
        let first = pack * plan.groupsPerPack
        let last = min(plan.shape.groups, first + plan.groupsPerPack)
        answers += try finish(parts, noise: Array(noise[table][first..<last]), vector: vectors[pack])
      }
      return answers
    }
  }

  /// The weights of one table, cut into limbs. Zero digits stay in: time does not depend on how large weights are.
  private func transformed(
    _ weights: Weights, bound: Int64, limbs: Int
  ) throws(CrossStatisticsError) -> [EncryptedVector.Weights] {
    var parts = [[(element: Int, weight: Int64)]](repeating: [], count: limbs)
    // Twice the same row would exceed the sensitivity that the noise was drawn for.
    var isWeighted = [Bool](repeating: false, count: plan.shape.rows)
    for (row, weight) in weights {
      guard isWeighted.indices.contains(row), !isWeighted[row], weight.magnitude <= bound.magnitude else {
        throw .weightOutOfRange
      }
      isWeighted[row] = true
      var rest = weight
      for limb in 0..<limbs {
        // Balanced: the digit in [−128, 127] that is congruent to the rest; the last limb keeps it all.
        let digit = limb == limbs - 1 ? rest : Int64(Int8(truncatingIfNeeded: rest))
        parts[limb].append((row, digit))
        rest = (rest - digit) >> Int64(AggregationPlan.limbBits)
      }
    }
    return try parts.map { part throws(CrossStatisticsError) in
      do throws(BFVError) {
        return try EncryptedVector.Weights(
          part, capacity: plan.chunks * plan.parameters.degree, parameters: plan.parameters)
      } catch { throw .weightOutOfRange }
    }
  }

  /// Sums, noise in the lowest limb, blinding, re-randomisation, flood, rounding.
  private func finish(
    _ parts: [EncryptedVector.Weights], noise: [Int64], vector: EncryptedVector
  ) throws(CrossStatisticsError) -> [[UInt8]] {
    let t = plan.parameters.plaintextModulus
    var power = BigInteger(1)
    var constants = [BigInteger](repeating: BigInteger(0), count: parts.count)
    for value in noise {
      constants[0] = constants[0] + power * BigInteger(Int(value))
      power = power * plan.radix
    }
    // y_k = l_k + 2^8·ρ_(k+1) − ρ_k with ρ_0 = ρ_L = 0.
    for k in parts.indices.dropFirst() {
      let blinding = UniformInteger.below(t)
      constants[k] = constants[k] - blinding
      constants[k - 1] = constants[k - 1] + (blinding << AggregationPlan.limbBits)
    }
    do throws(BFVError) {
      return try zip(parts, constants).map { part, constant throws(BFVError) in
        var sum = vector.weightedSum(part)
        sum.add(try Plaintext(constant: constant % t, parameters: plan.parameters))
        sum.add(publicKey.encryptZero(), errorsAreIndependent: true)
        try sum.flood(bits: plan.floodBits, constantCoefficientOnly: true)
        return try sum.answer(.constant).encoded(plan.parameters)
      }
    } catch { throw .shapeOutOfRange }
  }
}

/// Uniform integers for blinding.
enum UniformInteger {
  /// Uniform on [0, bound), by rejection.
  static func below(_ bound: BigInteger) -> BigInteger {
    let bits = bound.bitWidth
    var stream = RandomStream.fromSystem()
    while true {
      var words = [UInt64](repeating: 0, count: (bits + 63) / 64)
      unsafe words.withUnsafeMutableBytes { unsafe stream.fill($0) }
      if bits % 64 != 0 { words[words.count - 1] &= (1 << UInt64(bits % 64)) - 1 }
      let candidate = BigInteger(words: words)
      if candidate < bound { return candidate }
    }
  }
}
