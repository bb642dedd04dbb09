import BFV
import BigIntegers
import ParallelLoops
import Primitives

/// The provider's half of an aggregation: sums of its weights over the analyst's encrypted groups.
///
/// What the analyst learns from the answers of one cell is Σ weights + noise for each of its groups, to a statistical
/// distance of 2^-40 over all answers: every answer is re-randomised with a fresh encryption of zero under the
/// analyst's key (else c1 = Σ a·mask would show the weights), flooded in the constant coefficient, the only one of c0
/// that is sent, and rounded. Limbs of large weights are blinded modulo t, so that only their sum can be read.
/// Each cell is answered once.
public struct Aggregator: ~Copyable, Sendable {
  let plan: AggregationPlan
  let publicKey: PublicKey
  let vectors: [EncryptedVector]
  let records: ProviderRun.Records
  let rowOfID: [Int32]
  /// Of every packed number, where cells are opened by a circuit.
  var masks: SecretResidues
  var nextCell = 0

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

  /// Takes the analyst's public key, as encoded, all uploads, the provider's records, and the row of each of its ids.
  /// Throws `invalidMessage` for anything malformed of the analyst's, `weightOutOfRange` for records beyond the tables'
  /// bounds.
  public init(
    _ plan: AggregationPlan, publicKey: [UInt8], uploads: Uploads, records: consuming ProviderRun.Records,
    rowOfID: [Int32]
  ) throws(CrossStatisticsError) {
    try Self.check(records.weights, records.noise, plan.shape)
    guard rowOfID.allSatisfy({ (0..<plan.shape.rows).contains(Int($0)) }),
      records.weights.largestIdentifier < rowOfID.count
    else { throw .weightOutOfRange }
    guard uploads.count == plan.packs * plan.chunks else { throw .invalidMessage }
    var vectors: [EncryptedVector] = []
    let key: PublicKey
    do throws(BFVError) {
      key = try PublicKey(decoding: publicKey, parameters: plan.parameters)
      for pack in 0..<plan.packs {
        let part = uploads.ciphertexts[(pack * plan.chunks)..<((pack + 1) * plan.chunks)]
        vectors.append(try EncryptedVector(Array(part)))
      }
    } catch { throw .invalidMessage }
    self.init(plan, key, vectors, records, rowOfID)
  }

  private init(
    _ plan: AggregationPlan, _ key: PublicKey, _ vectors: [EncryptedVector],
    _ records: consuming ProviderRun.Records, _ rowOfID: [Int32]
  ) {
    self.plan = plan
    publicKey = key
    self.vectors = vectors
    self.records = consume records
    self.rowOfID = rowOfID
    masks = .masks(plan)
  }

  /// What the provider gives the circuit that opens cells, once all answers are there.
  consuming func openingNumbers() -> SecretResidues {
    masks.takeOffsets(plan)
    return masks
  }

  /// Throws `weightOutOfRange` unless there are weights and noise for every cell and table, within its bounds: larger ones
  /// would borrow from the next group's digit, or exceed the sensitivity that the noise was drawn for.
  static func check(
    _ weights: CellWeights, _ noise: borrowing CellNoise, _ shape: AggregationShape
  ) throws(CrossStatisticsError) {
    let count = shape.tables.count
    guard weights.cells == shape.cells, weights.tables == count, noise.cells == shape.cells,
      noise.tables == count, noise.groups == shape.groups
    else { throw .weightOutOfRange }
    for (index, table) in shape.tables.enumerated() {
      guard weights.largestMagnitude(table: index) <= table.weightBound.magnitude,
        noise.isWithin(table.noiseBound, table: index)
      else { throw .weightOutOfRange }
    }
  }
}
