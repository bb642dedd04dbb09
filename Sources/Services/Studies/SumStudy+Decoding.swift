import DisclosureControl
import EncryptedSum
import Primitives

extension SumStudy {
  /// The version of the format of sum studies that is read and written.
  public static let format = 1

  /// Reads and checks the file of a sum study, at most 1 MiB. Throws what is wrong, with the field and a hint.
  public init(decoding bytes: [UInt8]) throws(StudyError) {
    guard bytes.count <= Study.maximumByteCount else { throw .tooLarge }
    var file = try FieldReader(try JSONParser.parse(bytes), path: "")
    _ = try file.integer("format", in: Self.format...Self.format)
    let _: SumKind = try file.choice("kind")
    let title = try file.text("title")
    let scheme = try Self.scheme(&file)
    var fields: [SumField] = []
    for (index, value) in try file.array("fields", count: 0...64).enumerated() {
      fields.append(try SumField(FieldReader(value, path: "fields[\(index)]")))
    }
    var categories: [SumCategory] = []
    for (index, value) in try file.array("categories", count: 0...64).enumerated() {
      categories.append(try SumCategory(FieldReader(value, path: "categories[\(index)]")))
    }
    let names = (fields.map(\.column), categories.map(\.column))
    let questions = SumQuestions(
      products: try ColumnPair.list(&file, "products", names.0, names.0),
      groups: try ColumnPair.list(&file, "groups", names.0, names.1),
      tables: try ColumnPair.list(&file, "tables", names.1, names.1))
    let limits = SumLimits(
      minimumContributors: try file.integer("minimum_contributors", in: 2...1_000_000),
      maximumContributors: try file.integer("maximum_contributors", in: 2...1_000_000),
      maximumRows: try file.integer("maximum_rows", in: 1...1_000_000))
    let period = SumPeriod(opening: try file.time("opening"), closing: try file.time("closing"))
    let contributors = try Self.contributors(&file)
    let keys = try SumKeys(
      FieldReader(
        try file.required("keys", hint: "Give analyst, provider, auditor and encryption."), path: "keys"))
    let privacy = try SumPrivacy.decode(
      try file.required("privacy", hint: "Give epsilon and unit, or \"exact\" for exact sums."))
    try file.finish()
    do {
      try self.init(
        title: title, scheme: scheme, fields: fields, categories: categories, questions: questions,
        limits: limits, period: period, contributors: contributors, keys: keys, privacy: privacy)
    } catch {
      guard case .invalidStudy(let fault) = error else { throw .invalid(field: "the study", hint: "") }
      throw .conflict(field: fault.field, hint: fault.hint)
    }
  }

  private static func scheme(_ file: inout FieldReader) throws(StudyError) -> Scheme {
    let scheme: SchemeName = try file.choice("scheme", default: .bfv)
    switch scheme {
    case .bfv: return .bfv(parameterSet: try file.text("parameter_set", default: "sum-n4096"))
    case .paillier: return .paillier(try file.choice("paillier_form", default: .packed))
    }
  }

  private static func contributors(_ file: inout FieldReader) throws(StudyError) -> Contributors {
    guard file.optional("contributors") != nil else { return .invited }
    var contributors: [SumContributor] = []
    for (index, value) in try file.array("contributors", count: 2...100_000).enumerated() {
      contributors.append(try SumContributor(FieldReader(value, path: "contributors[\(index)]")))
    }
    return .listed(contributors)
  }
}

/// What tells a sum study from others.
enum SumKind: String, CaseIterable {
  case sum
}

/// The schemes' names in a file.
enum SchemeName: String, CaseIterable {
  case bfv
  case paillier
}

extension SumField {
  init(_ fields: consuming FieldReader) throws(StudyError) {
    let column = try fields.text("column")
    let decimals = try fields.integer("decimals", in: 0...6, default: 0)
    let minimum = try Self.units(
      try fields.required("minimum", hint: "Values below are refused."), decimals, fields.field("minimum"))
    let maximum = try Self.units(
      try fields.required("maximum", hint: "Values above are refused."), decimals, fields.field("maximum"))
    var edges: [Int] = []
    for (index, value) in try fields.array("edges", count: 0...1_024).enumerated() {
      edges.append(try Self.units(value, decimals, fields.field("edges[\(index)]")))
    }
    self.init(
      column: column, decimals: decimals, minimum: minimum, maximum: maximum,
      squares: try fields.bool("squares", default: true), edges: edges)
    try fields.finish()
  }

  private static func units(
    _ value: JSONValue, _ decimals: Int, _ field: String
  ) throws(StudyError) -> Int {
    guard case .number(let number) = value, let units = number.scaled(byPowerOfTen: decimals),
      units.magnitude <= SumStudy.largestBound
    else {
      throw .invalid(
        field: field,
        hint: "must be a number of at most \(decimals) decimals (see decimals) within ±2^31 units.")
    }
    return units
  }
}

extension SumCategory {
  init(_ fields: consuming FieldReader) throws(StudyError) {
    let column = try fields.text("column")
    var labels: [String] = []
    for (index, value) in try fields.array("labels", count: 2...1_024).enumerated() {
      // Codes are often written as numbers.
      if case .number(let number) = value {
        labels.append(number.description)
      } else {
        labels.append(try FieldReader.text(value, field: fields.field("labels[\(index)]")))
      }
    }
    self.init(column: column, labels: labels)
    try fields.finish()
  }
}

extension ColumnPair {
  /// Pairs of names as positions in the two lists.
  static func list(
    _ file: inout FieldReader, _ name: String, _ first: [String], _ second: [String]
  ) throws(StudyError) -> [ColumnPair] {
    var pairs: [ColumnPair] = []
    for (index, value) in try file.array(name, count: 0...1_024).enumerated() {
      guard case .array(let columns) = value, columns.count == 2, case .string(let a) = columns[0],
        case .string(let b) = columns[1], let x = first.firstIndex(of: a), let y = second.firstIndex(of: b)
      else {
        throw .invalid(field: "\(name)[\(index)]", hint: "must be two columns of the study, in brackets.")
      }
      pairs.append(ColumnPair(x, y))
    }
    return pairs
  }
}

extension SumKeys {
  init(_ fields: consuming FieldReader) throws(StudyError) {
    let keys = (
      try Self.key(&fields, "analyst"), try Self.key(&fields, "provider"), try Self.key(&fields, "auditor"),
      try Self.bytes(&fields, "encryption")
    )
    try fields.finish()
    self.init(analyst: keys.0, provider: keys.1, auditor: keys.2, encryptionKey: keys.3)
  }

  static func key(_ fields: inout FieldReader, _ name: String) throws(StudyError) -> SigningPublicKey {
    guard let key = SigningPublicKey(bytes: try bytes(&fields, name)) else {
      throw .invalid(field: fields.field(name), hint: "is no key.")
    }
    return key
  }

  private static func bytes(_ fields: inout FieldReader, _ name: String) throws(StudyError) -> [UInt8] {
    let digits = Array(try fields.text(name, hint: "Give 64 hexadecimal digits.").utf8)
    let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap { index in
      UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16)
    }
    guard digits.count == 64, bytes.count == 32, !digits.contains(UInt8(ascii: "+")) else {
      throw .invalid(field: fields.field(name), hint: "must be 64 hexadecimal digits.")
    }
    return bytes
  }
}

extension SumContributor {
  init(_ fields: consuming FieldReader) throws(StudyError) {
    let name = try fields.text("name")
    let key = try SumKeys.key(&fields, "key")
    try fields.finish()
    self.init(name: name, key: key)
  }
}

extension SumPrivacy {
  /// nil for `"exact"`.
  static func decode(_ value: JSONValue) throws(StudyError) -> SumPrivacy? {
    if value == .string("exact") { return nil }
    var fields = try FieldReader(value, path: "privacy")
    let epsilon = try Privacy.epsilon(
      try fields.required("epsilon", hint: "Give ε of the whole release, such as 1."),
      field: fields.field("epsilon"))
    let unit: Unit = try fields.choice("unit")
    try fields.finish()
    return SumPrivacy(epsilon: epsilon, unit: unit)
  }
}
