import BFV
import BigIntegers

/// The analyst's half of an aggregation: which group each row of the provider's list belongs to, encrypted under a key
/// that is made for this one run and dropped with this value.
public struct GroupUpload: ~Copyable {
  private let plan: AggregationPlan
  private let key: SecretKey
  private let powers: [BigInteger]
  /// For each row its group, or −1.
  private let labels: [Int32]

  /// `labels`: the group of each of `plan.shape.rows` rows, −1 where it matched none. Throws `shapeOutOfRange`.
  ///
  /// Takes the same time whatever the labels are, and so does every upload.
  public init(_ plan: AggregationPlan, labels: [Int32]) throws(CrossStatisticsError) {
    let groups = Int32(plan.shape.groups)
    var isOutside: Int32 = 0
    for label in labels { isOutside |= (label &+ 1) | (groups &- 1 &- label) }
    guard labels.count == plan.shape.rows, isOutside >= 0 else { throw .shapeOutOfRange }
    self.plan = plan
    self.labels = labels
    key = SecretKey(plan.parameters)
    powers = (0..<plan.groupsPerPack).map { digit in
      (0..<digit).reduce(BigInteger(1)) { product, _ in product * plan.radix }
    }
  }

  /// The public key, encoded: the provider re-randomises with it.
  public func publicKey() -> [UInt8] { key.makePublicKey().encoded() }

  /// The number of uploads: packs × chunks, chunk by chunk within a pack.
  public var uploadCount: Int { plan.packs * plan.chunks }

  /// Upload number `index`, encoded: for row j of its chunk S^(g mod w) if the row's group g is in its pack, else 0.
  public func upload(_ index: Int) throws(CrossStatisticsError) -> [UInt8] {
    precondition((0..<uploadCount).contains(index))
    let (pack, chunk) = (index / plan.chunks, index % plan.chunks)
    let degree = plan.parameters.degree
    let rows = (chunk * degree)..<min(labels.count, (chunk + 1) * degree)
    do throws(BFVError) {
      let plaintext = try Plaintext(
        labels: labels[rows], from: Int32(pack * plan.groupsPerPack), among: powers,
        parameters: plan.parameters)
      return key.encryptSeeded(plaintext).encoded()
    } catch { throw .shapeOutOfRange }
  }

  /// Opens the answers of one pack and cell, in the order of tables and limbs: for each table the entries of the
  /// pack's groups, noise included. Throws `invalidMessage` for bytes that are no answer, which everybody could see.
  ///
  /// Clears `isSound` for entries that were not computed as agreed. The key alone shows that, so that whoever makes the
  /// answers must not learn it before the end: an answer at a time they would ask what a ciphertext of their choice holds.
  public func open(
    _ message: [UInt8], pack: Int, isSound: inout Bool
  ) throws(CrossStatisticsError) -> [[Int64]] {
    precondition((0..<plan.packs).contains(pack))
    return try numbers(message).enumerated().map { table, number in
      plan.digits(of: number, pack: pack, table: table, isSound: &isSound)
    }
  }

  /// Decrypts the answers of one pack and cell: for each table its packed entries modulo t, under the provider's mask
  /// where there is one. Throws `invalidMessage` for bytes that are no answer.
  package func numbers(_ message: [UInt8]) throws(CrossStatisticsError) -> [BigInteger] {
    let answers = try RunMessage.split(message, count: plan.answersPerCell, maximum: 2 << 20)
    let t = plan.parameters.plaintextModulus
    var next = 0
    var numbers: [BigInteger] = []
    for limbs in plan.limbs {
      // Σ 2^(8k)·y_k: the blindings cancel.
      var sum = BigInteger(0)
      for limb in 0..<limbs {
        do throws(BFVError) {
          let answer = try Answer(decoding: answers[next], parameters: plan.parameters)
          sum = sum + (try key.decrypt(answer).wideCoefficient(0) << (plan.limbBits * limb))
        } catch { throw .invalidMessage }
        next += 1
      }
      numbers.append(sum % t)
    }
    return numbers
  }
}
