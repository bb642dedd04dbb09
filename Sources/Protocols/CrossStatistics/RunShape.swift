import ByteCoding
import DisclosureControl
import SetIntersection

/// What a run costs the provider's ledger.
public enum RunPrice: Sendable, Hashable {
  /// Results without noise, by agreement: one charge of the kind `exact` before the hashes.
  case exact
  /// The match before the hashes, and the cells before the answers if there are any.
  case noisy(match: PrivacyCost, cells: PrivacyCost)
}

/// The public numbers of a run, which both parties derive from the same study.
public struct RunShape: Sendable {
  /// The digest of the study.
  public let digest: [UInt8]
  /// The match.
  public let matching: MatchingShape
  /// The aggregation after it; nil where only the match counts.
  public let aggregation: AggregationPlan?
  /// Whether the analyst tells the provider which rows matched (`elements` for both), at the end.
  public let tellsProvider: Bool
  /// What the provider's ledger is charged.
  public let price: RunPrice

  /// Throws `shapeOutOfRange` where the aggregation is not over the match's rows and groups.
  public init(
    digest: [UInt8], matching: MatchingShape, aggregation: AggregationPlan?, tellsProvider: Bool,
    price: RunPrice
  ) throws(CrossStatisticsError) {
    if let aggregation {
      guard aggregation.shape.rows == matching.rows, aggregation.shape.groups == matching.groupLengths.count,
        matching.purpose == .statistics
      else { throw .shapeOutOfRange }
    }
    guard digest.count == 32, !tellsProvider || matching.purpose == .elements else { throw .shapeOutOfRange }
    self.digest = digest
    self.matching = matching
    self.aggregation = aggregation
    self.tellsProvider = tellsProvider
    self.price = price
  }

  /// What the digest of the study does not fix by itself: derived lengths and parameters, compared in the hello.
  var terms: [UInt8] {
    var writer = ByteWriter()
    writer.append(UInt32(matching.rows))
    writer.append(UInt32(matching.hashes))
    writer.append(UInt32(matching.hashBytes))
    writer.append(UInt8(tellsProvider ? 1 : 0))
    writer.append(bytes: aggregation?.parameters.digest ?? [])
    return writer.finish()
  }
}

extension RunPrice {
  /// Throws `wrongCharge` unless `charge` is one of this run that pays for the match.
  func checkMatch(_ charge: Charge, of run: RunIdentifier) throws(CrossStatisticsError) {
    switch self {
    case .exact: try Self.check(charge, .exact, .zero, of: run)
    case .noisy(let cost, _): try Self.check(charge, .match, cost, of: run)
    }
  }

  /// Throws `wrongCharge` unless `charge` is one of this run that pays for the cells.
  func checkCells(_ charge: Charge, of run: RunIdentifier) throws(CrossStatisticsError) {
    guard case .noisy(_, let cost) = self else { throw .wrongCharge }
    try Self.check(charge, .cells, cost, of: run)
  }

  private static func check(
    _ charge: Charge, _ kind: ChargeKind, _ cost: PrivacyCost, of run: RunIdentifier
  ) throws(CrossStatisticsError) {
    guard charge.run == run, charge.kind == kind, charge.cost.epsilon >= cost.epsilon,
      charge.cost.delta >= cost.delta
    else { throw .wrongCharge }
  }
}
