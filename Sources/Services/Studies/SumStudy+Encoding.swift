import EncryptedSum

extension SumStudy {
  /// The study as a JSON file: what `init(decoding:)` reads again as the same study.
  public var fileEncoding: [UInt8] { Array((json.canonicalText + "\n").utf8) }

  /// The file without the list of contributors, for readers who are none of its business. Not a file of this study: it has another
  /// digest.
  public var outline: [UInt8] {
    guard case .object(var members) = json else { return fileEncoding }
    members["contributors"] = nil
    return Array((JSONValue.object(members).canonicalText + "\n").utf8)
  }

  private var json: JSONValue {
    var members: [String: JSONValue] = [
      "format": .integer(Self.format), "kind": .string(SumKind.sum.rawValue), "title": .string(title),
      "fields": .array(fields.map(\.json)), "categories": .array(categories.map(\.json)),
      "products": pairs(questions.products, fields.map(\.column), fields.map(\.column)),
      "groups": pairs(questions.groups, fields.map(\.column), categories.map(\.column)),
      "tables": pairs(questions.tables, categories.map(\.column), categories.map(\.column)),
      "minimum_contributors": .integer(limits.minimumContributors),
      "maximum_contributors": .integer(limits.maximumContributors),
      "maximum_rows": .integer(limits.maximumRows), "opening": .string(UTCTime.text(period.opening)),
      "closing": .string(UTCTime.text(period.closing)), "keys": keys.json,
      "privacy": privacy?.json ?? .string("exact"),
    ]
    switch scheme {
    case .bfv(let name):
      members["scheme"] = .string(SchemeName.bfv.rawValue)
      members["parameter_set"] = .string(name)
    case .paillier(let form):
      members["scheme"] = .string(SchemeName.paillier.rawValue)
      members["paillier_form"] = .string(form.rawValue)
    }
    if case .listed(let contributors) = contributors {
      members["contributors"] = .array(contributors.map(\.json))
    }
    return .object(members)
  }

  private func pairs(_ pairs: [ColumnPair], _ first: [String], _ second: [String]) -> JSONValue {
    .array(pairs.map { .array([.string(first[$0.first]), .string(second[$0.second])]) })
  }
}

extension SumField {
  fileprivate var json: JSONValue {
    .object([
      "column": .string(column), "decimals": .integer(decimals),
      "minimum": .decimal(minimum, decimals: decimals), "maximum": .decimal(maximum, decimals: decimals),
      "squares": .bool(squares), "edges": .array(edges.map { .decimal($0, decimals: decimals) }),
    ])
  }
}

extension SumCategory {
  fileprivate var json: JSONValue {
    .object(["column": .string(column), "labels": .array(labels.map { .string($0) })])
  }
}

extension SumContributor {
  fileprivate var json: JSONValue { .object(["name": .string(name), "key": .digits(key.bytes)]) }
}

extension SumKeys {
  fileprivate var json: JSONValue {
    .object([
      "analyst": .digits(analyst.bytes), "provider": .digits(provider.bytes),
      "auditor": .digits(auditor.bytes), "encryption": .digits(encryptionKey),
    ])
  }
}

extension JSONValue {
  fileprivate static func digits(_ bytes: [UInt8]) -> JSONValue {
    .string(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
  }
}

extension SumPrivacy {
  fileprivate var json: JSONValue {
    .object(["epsilon": .epsilon(epsilon), "unit": .string(unit.rawValue)])
  }
}
