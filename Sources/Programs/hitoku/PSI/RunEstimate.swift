#if Services
import BFV
import CrossStatistics
import ParallelLoops
import PrimeOrderGroup
import SetIntersection
import Studies

/// How long a run takes, from a measurement of some tens of milliseconds on this machine.
struct RunEstimate {
  /// Seconds, both sides alike and at work in turn.
  let seconds: Double
  /// Those of them that open cells.
  let openingSeconds: Double

  init(_ agreed: AgreedStudy) throws {
    let shape = agreed.shape.matching
    // Every point is mapped and multiplied by its owner and multiplied by the other side.
    let points = Double(shape.points + shape.rows) * (try Self.secondsPerPoint)
    openingSeconds = try agreed.shape.aggregation.map(Self.opening) ?? 0
    seconds = points + (try agreed.shape.aggregation.map(Self.aggregation) ?? 0) + openingSeconds
  }

  private static let sample = 1 << 13

  private static var secondsPerPoint: Double {
    get throws {
      let scalar = SecretScalar.random()
      let uniform = [UInt8](repeating: 7, count: 64 * sample)
      return try explained {
        try seconds {
          var points = try GroupElements(mapping: uniform, multipliedBy: scalar).bytes
          try GroupElements.multiply(&points, by: scalar)
        } / Double(sample)
      }
    }
  }

  /// One upload and one weighted sum over it, times their numbers.
  private static func aggregation(_ plan: AggregationPlan) throws -> Double {
    let parameters = plan.parameters
    let key = SecretKey(parameters)
    let plaintext = try Plaintext(coefficients: [1, 0, 1], parameters: parameters)
    let pairs = (0..<parameters.degree).map { (element: $0, weight: Int64($0 & 1)) }
    var vector: EncryptedVector?
    let upload = try seconds { vector = try EncryptedVector([key.encryptSeeded(plaintext)]) }
    guard let vector else { return 0 }
    let weights = try EncryptedVector.Weights(pairs, capacity: parameters.degree, parameters: parameters)
    let product = try seconds { _ = try vector.weightedSum(weights) }
    // Masks are transformed once for all packs, on all cores.
    let terms = plan.shape.cells * plan.answersPerCell * plan.chunks
    return upload * Double(plan.packs * plan.chunks)
      + product * Double(terms) / Double(ParallelLoops.processorCount)
  }

  /// Tables of the circuit that opens cells, at a careful 3 ns a byte for both sides and the way between them, and the
  /// base transfers before.
  private static func opening(_ plan: AggregationPlan) throws -> Double {
    let bytes = try explained { try plan.openingByteCount() }
    return bytes == 0 ? 0 : 0.02 + 3e-9 * Double(bytes)
  }

  private static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let time = try ContinuousClock().measure(body)
    return Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
  }
}
#endif
