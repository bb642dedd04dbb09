import BFV
import BigIntegers

/// The analyst's half of an aggregation: which group each row of the provider's list belongs to, encrypted under a key
/// that is made for this one run and dropped with this value.
public struct GroupUpload: ~Copyable {
  private let plan: AggregationPlan
  private let key: SecretKey
  private let powers: [BigInteger]
  /// For each row its group, or nil.
  private let members: [Int?]

  /// `members`: the group of each of `plan.shape.rows` rows, nil where it matched none. Throws `shapeOutOfRange`.
  public init(_ plan: AggregationPlan, members: [Int?]) throws(CrossStatisticsError) {
    guard members.count == plan.shape.rows,
      members.allSatisfy({ $0.map { (0..<plan.shape.groups).contains($0) } ?? true })
    else { throw .shapeOutOfRange }
    self.plan = plan
    self.members = members
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
    let rows = (chunk * degree)..<min(members.count, (chunk + 1) * degree)
    let first = pack * plan.groupsPerPack
    let choices = members[rows].map { group -> Int? in
      guard let group, (first..<(first + plan.groupsPerPack)).contains(group) else { return nil }
      return group - first
    }
    do throws(BFVError) {
      let plaintext = try Plaintext(choices: choices, among: powers, parameters: plan.parameters)
      return key.encryptSeeded(plaintext).encoded()
    } catch { throw .shapeOutOfRange }
  }

  /// Opens the answers of one pack and cell, in the order of tables and limbs: for each table the entries of the
  /// pack's groups, noise included. Throws `invalidMessage` for bytes that are no answer.
  public func open(
    _ answers: [[UInt8]], pack: Int
  ) throws(CrossStatisticsError) -> [[Int64]] {
    guard answers.count == plan.answersPerCell, (0..<plan.packs).contains(pack) else { throw .invalidMessage }
    let t = plan.parameters.plaintextModulus
    var next = 0
    var tables: [[Int64]] = []
    for limbs in plan.limbs {
      // Σ 2^(8k)·y_k: the blindings cancel.
      var sum = BigInteger(0)
      for limb in 0..<limbs {
        do throws(BFVError) {
          let answer = try Answer(decoding: answers[next], parameters: plan.parameters)
          sum = sum + (try key.decrypt(answer).wideCoefficient(0) << (AggregationPlan.limbBits * limb))
        } catch { throw .invalidMessage }
        next += 1
      }
      tables.append(digits(of: sum % t, pack: pack))
    }
    return tables
  }

  private func digits(of value: BigInteger, pack: Int) -> [Int64] {
    let t = plan.parameters.plaintextModulus
    let count = min(plan.groupsPerPack, plan.shape.groups - pack * plan.groupsPerPack)
    var rest = (value + powers.reduce(BigInteger(0)) { $0 + $1 * plan.offset }) % t
    return (0..<count).map { _ in
      let digit = rest % plan.radix - plan.offset
      rest = rest / plan.radix
      return Int64(Int(exactly: digit) ?? 0)
    }
  }
}
