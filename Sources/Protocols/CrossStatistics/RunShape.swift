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

/// What the analyst tells the provider at the end of a run.
public enum Disclosure: UInt8, Sendable, Hashable {
  /// Nothing.
  case nothing
  /// Which rows are common, in `elements`.
  case commonRows
  /// The tables; the match counts where there are none.
  case tables
}

/// The public numbers of a run, which both parties derive from the same study.
public struct RunShape: Sendable {
  /// The digest of the study.
  public let digest: [UInt8]
  /// The match.
  public let matching: MatchingShape
  /// The aggregation after it; nil where only the match counts.
  public let aggregation: AggregationPlan?
  /// What the analyst tells the provider at the end.
  public let disclosure: Disclosure
  /// What the provider's ledger is charged.
  public let price: RunPrice
  /// What the analyst's own ledger is charged where it adds noise of its own to the result, so that the result may be
  /// passed on and the provider cannot subtract its noise from it; nil where it does not.
  public let publication: PrivacyCost?

  /// Throws `shapeOutOfRange` where the aggregation is not over the match's rows and groups, where rows are told but not
  /// matched as elements, where the provider would get tables with no noise but its own, and where cells stay closed in an
  /// exact run, whose match counts would give them away.
  public init(
    digest: [UInt8], matching: MatchingShape, aggregation: AggregationPlan?, disclosure: Disclosure,
    price: RunPrice, publication: PrivacyCost? = nil
  ) throws(CrossStatisticsError) {
    if let aggregation {
      guard aggregation.shape.rows == matching.rows, aggregation.shape.groups == matching.groupLengths.count,
        matching.purpose == .statistics, price != .exact || !aggregation.isMasked
      else { throw .shapeOutOfRange }
    }
    guard digest.count == 32, disclosure != .commonRows || matching.purpose == .elements,
      disclosure != .tables || matching.purpose == .statistics,
      disclosure != .tables || price == .exact || publication != nil,
      publication == nil || (matching.purpose == .statistics && price != .exact)
    else { throw .shapeOutOfRange }
    self.digest = digest
    self.matching = matching
    self.aggregation = aggregation
    self.disclosure = disclosure
    self.publication = publication
    self.price = price
  }

  /// What the digest of the study does not fix by itself: derived lengths and parameters, compared in the hello.
  var terms: [UInt8] {
    var writer = ByteWriter()
    writer.append(UInt32(matching.rows))
    writer.append(UInt32(matching.hashes))
    writer.append(UInt32(matching.hashBytes))
    writer.append(disclosure.rawValue)
    writer.append(UInt8(publication == nil ? 0 : 1))
    writer.append(bytes: aggregation?.parameters.digest ?? [])
    return writer.finish()
  }
}

extension RunShape {
  /// The most bytes of what the analyst tells at the end.
  var finishLimit: Int {
    switch disclosure {
    case .nothing: 0
    case .commonRows: 4 * matching.rows
    case .tables: 8 * entries
    }
  }

  /// Entries of the result: those of all tables, or one for each group where there are none.
  var entries: Int {
    let groups = matching.groupLengths.count
    return aggregation.map { $0.shape.tables.count * $0.shape.groups * $0.shape.cells } ?? groups
  }

  /// Throws `shapeOutOfRange` unless there is noise of the analyst's own for every entry where the result is to be passed on, else
  /// none. Under masks it must be within its bound: larger noise would borrow from the next group's digit.
  func checkPublicationNoise(_ noise: borrowing CellNoise) throws(CrossStatisticsError) {
    let wanted = publication == nil ? 0 : entries
    guard noise.cells * noise.tables * noise.groups == wanted,
      wanted == 0 || noise.groups == matching.groupLengths.count
    else { throw .shapeOutOfRange }
    guard wanted > 0, let aggregation, aggregation.isMasked else { return }
    for (index, table) in aggregation.shape.tables.enumerated() {
      guard noise.isWithin(table.publicationBound, table: index) else { throw .shapeOutOfRange }
    }
  }

  /// Throws `wrongCharge` unless `charge` is one of this run that pays for publication.
  func checkPublication(_ charge: Charge, of run: RunIdentifier) throws(CrossStatisticsError) {
    guard let publication, charge.run == run, charge.kind == .publication,
      charge.cost.epsilon >= publication.epsilon,
      charge.cost.delta >= publication.delta
    else { throw .wrongCharge }
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
