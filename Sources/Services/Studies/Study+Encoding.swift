import DisclosureControl
import Primitives
import Tables

extension Study {
  /// The study as canonical JSON: every field, also those that have their default, but for `suppress`, which is there where
  /// it is `secure`: studies from before that field keep their digest. No white space; members in the order of their names. Two files have one canonical form exactly where they mean the same.
  public var canonicalEncoding: [UInt8] { Array(json.canonicalText.utf8) }

  /// SHA-256 of `hitoku study`, a line feed and the canonical form, 32 bytes: what both sides compare, and what salts every
  /// hash of the run.
  public var digest: [UInt8] { SHA256.hash(Array("hitoku study\n".utf8) + canonicalEncoding) }

  private var json: JSONValue {
    var members: [String: JSONValue] = [
      "format": .number(DecimalNumber(Self.format)),
      "name": .string(name),
      "mode": .string(mode.rawValue),
      "population": .string(population),
      "id": identifier.json,
      "analyst": analyst.json,
      "provider": provider.json,
      "measures": .array(measures.map(\.json)),
      "maximum_rows_per_id": .integer(maximumRowsPerID),
      "minimum_count": .integer(minimumCount),
      "privacy": privacy?.json(mode: mode, measures: measures) ?? .string("exact"),
      "policies": policies.json,
      "result": .object(["receiver": .string(result.receiver.rawValue), "publish": .bool(result.publish)]),
    ]
    if suppression != .report { members["suppress"] = .string(suppression.rawValue) }
    return .object(members)
  }
}

extension JSONValue {
  static func integer(_ value: Int) -> JSONValue { .number(DecimalNumber(value)) }

  /// `value`·10^−decimals.
  static func decimal(_ value: Int, decimals: Int) -> JSONValue {
    guard
      let number = DecimalNumber(
        isNegative: value < 0, digits: UInt64(value.magnitude), exponent: -decimals)
    else { preconditionFailure("study numbers have at most 18 digits") }
    return .number(number)
  }

  static func epsilon(_ epsilon: Epsilon) -> JSONValue {
    .decimal(Int(epsilon.micros), decimals: 6)
  }
}

extension IdentifierRules {
  fileprivate var json: JSONValue {
    var members: [String: JSONValue] = ["missing": .array(missing.map { .string($0) })]
    switch kind {
    case .plain: members["kind"] = .string("plain")
    case .email: members["kind"] = .string("email")
    case .unicode: members["kind"] = .string("unicode")
    case .phone(let rules):
      members["kind"] = .string("phone")
      members["country_code"] = .string(rules.countryCode)
      members["trunk_prefix"] = .string(rules.trunkPrefix)
      members["international_prefix"] = .string(rules.internationalPrefix)
    }
    return .object(members)
  }
}

extension CategoryColumn {
  fileprivate var json: JSONValue {
    var members: [String: JSONValue] = [
      "column": .string(column), "values": .array(values.map { .string($0) }),
    ]
    if let other { members["other"] = .string(other) }
    return .object(members)
  }
}

extension AnalystSide {
  fileprivate var json: JSONValue {
    var members: [String: JSONValue] = [
      "id_column": .string(idColumn), "maximum_ids": .integer(maximumIDs),
      "maximum_ids_per_group": .array(maximumIDsPerGroup.map { .integer($0) }),
      "groups": .array(groups.map(\.json)),
    ]
    if let population { members["population"] = .string(population) }
    return .object(members)
  }
}

extension ProviderSide {
  fileprivate var json: JSONValue {
    .object([
      "id_column": .string(idColumn), "maximum_ids": .integer(maximumIDs),
      "maximum_rows": .integer(maximumRows), "cells": .array(cells.map(\.json)),
    ])
  }
}

extension Measure {
  fileprivate var json: JSONValue {
    .object([
      "column": .string(column), "decimals": .integer(decimals),
      "minimum": .decimal(minimum, decimals: decimals), "maximum": .decimal(maximum, decimals: decimals),
      "statistics": .array(statistics.map { .string($0.rawValue) }),
      "encoding": .string(encoding.rawValue),
    ])
  }
}

extension Privacy {
  fileprivate func json(mode: Study.Mode, measures columns: [Measure]) -> JSONValue {
    var epsilon: [String: JSONValue] = ["match": .epsilon(match)]
    if mode != .count {
      var parts: [String: JSONValue] = [:]
      for (column, part) in zip(columns, measures) {
        parts[column.column] =
          column.needsSquares
          ? .object(["sum": .epsilon(part.sum), "squares": .epsilon(part.squares)]) : .epsilon(part.sum)
      }
      epsilon["cells"] = .object(["counts": .epsilon(counts), "measures": .object(parts)])
    }
    return .object(["epsilon": .object(epsilon), "delta": deltaJSON])
  }

  private var deltaJSON: JSONValue {
    .string(delta.units.nonzeroBitCount == 1 ? delta.description : "\(delta.units)/2^62")
  }
}

extension Policies {
  fileprivate var json: JSONValue {
    .object([
      "duplicate_ids": .string(duplicateIDs.rawValue), "invalid_ids": .string(invalidIDs.rawValue),
      "unknown_categories": .string(unknownCategories.rawValue),
      "invalid_measures": .string(invalidMeasures.rawValue),
      "out_of_range": .string(outOfRange.rawValue), "excess_rows": .string(excessRows.rawValue),
    ])
  }
}
