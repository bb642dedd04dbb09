import Primitives

/// What is wrong with a study.
public enum SumStudyFault: Error, Sendable, Hashable {
  /// The title or a name is empty, longer than 128 bytes, or has control characters.
  case text(String)
  /// There is neither a field nor a category, or more than 64 of either.
  case columns
  /// A column, a label or a contributor stands twice.
  case twice(String)
  /// The field's decimals, bounds or edges are out of range.
  case field(String)
  /// The category has fewer than two or more than 1,024 labels.
  case category(String)
  /// A pair names a column that is not there, or one twice, or a field without squares.
  case pair
  /// Limits are out of range, or the minimum exceeds the maximum or the listed contributors.
  case limits
  /// The opening is not before the closing.
  case period
  /// The digest of the encryption key has not 32 bytes, or the auditor's key is not a third party's.
  case keys
  /// ε is zero.
  case epsilon
  /// More values than a contribution has room for.
  case tooManyValues(Int, maximum: Int)
  /// The sum of this block over the most contributors and rows, noise included, might wrap around.
  case mightWrap(column: String)
  /// The noise of so many contributions leaves no room for flooding.
  case tooManyContributors(maximum: Int)
}

extension SumStudy {
  /// The largest bound of a field in units.
  public static let largestBound = 1 << 31

  func fault() -> SumStudyFault? {
    if !Self.isName(title) { return .text(title) }
    return columnFault() ?? questionFault() ?? partyFault()
  }

  /// Whether a contributor may be called so: 1 to 128 bytes without control characters.
  public static func isName(_ text: String) -> Bool {
    (1...128).contains(text.utf8.count)
      && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
  }

  private static func repeated(_ texts: [String]) -> SumStudyFault? {
    var seen: Set<String> = []
    return texts.first { !seen.insert($0).inserted }.map { .twice($0) }
  }

  private func columnFault() -> SumStudyFault? {
    let columns = fields.map(\.column) + categories.map(\.column)
    guard !columns.isEmpty, fields.count <= 64, categories.count <= 64 else { return .columns }
    let texts = columns + categories.flatMap(\.labels)
    if let bad = texts.first(where: { !Self.isName($0) }) { return .text(bad) }
    if let twice = Self.repeated(columns) { return twice }
    for field in fields where !field.isInRange { return .field(field.column) }
    for category in categories {
      guard (2...1_024).contains(category.labels.count) else { return .category(category.column) }
      if let twice = Self.repeated(category.labels) { return twice }
    }
    return nil
  }

  private func questionFault() -> SumStudyFault? {
    let isProduct = { (pair: ColumnPair) -> Bool in
      pair.first != pair.second && self.hasSquares(pair.first) && self.hasSquares(pair.second)
    }
    let isGroup = { (pair: ColumnPair) -> Bool in
      self.hasSquares(pair.first) && self.categories.indices.contains(pair.second)
    }
    let isTable = { (pair: ColumnPair) -> Bool in
      pair.first != pair.second && self.categories.indices.contains(pair.first)
        && self.categories.indices.contains(pair.second)
    }
    let all = [questions.products, questions.groups, questions.tables]
    guard all.allSatisfy({ Set($0).count == $0.count && $0.count <= 1_024 }),
      questions.products.allSatisfy(isProduct), questions.groups.allSatisfy(isGroup),
      questions.tables.allSatisfy(isTable)
    else { return .pair }
    return nil
  }

  private func hasSquares(_ index: Int) -> Bool { fields.indices.contains(index) && fields[index].squares }

  private func partyFault() -> SumStudyFault? {
    guard (2...1_000_000).contains(limits.minimumContributors),
      (limits.minimumContributors...1_000_000).contains(limits.maximumContributors),
      (1...1_000_000).contains(limits.maximumRows)
    else { return .limits }
    if case .listed(let names) = contributors {
      guard (limits.minimumContributors...limits.maximumContributors).contains(names.count) else {
        return .limits
      }
      if let bad = names.first(where: { !Self.isName($0) }) { return .text(bad) }
      if let twice = Self.repeated(names) { return twice }
    }
    guard period.opening < period.closing else { return .period }
    guard keys.encryptionKey.count == SHA256.byteCount, keys.auditor != keys.analyst,
      keys.auditor != keys.provider
    else { return .keys }
    if let privacy, privacy.epsilon == .zero { return .epsilon }
    if case .bfv(let name) = scheme, !Self.isName(name) { return .text(name) }
    return nil
  }
}

extension SumField {
  fileprivate var isInRange: Bool {
    let limit = SumStudy.largestBound
    guard (0...6).contains(decimals), minimum < maximum, minimum >= -limit, maximum <= limit,
      edges.count <= 1_024
    else { return false }
    return zip(edges, edges.dropFirst()).allSatisfy { $0 < $1 }
      && edges.allSatisfy { $0 > minimum && $0 <= maximum }
  }
}
