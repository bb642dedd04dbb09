import Foundation
import Studies
import Testing

/// A study text with every part, to change one thing at a time.
let fullStudy = """
  {
    "format": 1, "name": "test", "mode": "cross", "population": "people",
    "id": {"kind": "email", "missing": ["", "NA"]},
    "analyst": {
      "id_column": "mail", "maximum_ids": 100, "maximum_ids_per_group": 40,
      "groups": [
        {"column": "age", "values": ["young", "old"]},
        {"column": "sex", "values": ["f", "m"], "other": "x"}
      ]
    },
    "provider": {
      "id_column": "address", "maximum_ids": 200, "maximum_rows": 500,
      "cells": [{"column": "city", "values": ["Edo", "Naniwa"], "other": "elsewhere"}]
    },
    "measures": [
      {"column": "spent", "decimals": 2, "minimum": -1.5, "maximum": 20, "statistics": ["variance", "sum"]},
      {"column": "visits", "minimum": 0, "maximum": 9, "statistics": ["mean"]}
    ],
    "maximum_rows_per_id": 3, "minimum_count": 5,
    "privacy": {"epsilon": {"match": 0.5, "cells": 1}, "delta": "2^-38"},
    "policies": {
      "duplicate_ids": "drop", "invalid_ids": "drop", "unknown_categories": "drop",
      "invalid_measures": "drop", "out_of_range": "clamp", "excess_rows": "drop"
    },
    "result": {"receiver": "analyst", "publish": false}
  }
  """

func study(_ text: String) throws -> Study { try Study(decoding: Array(text.utf8)) }

/// The full study with `old` replaced by `new`.
func changed(_ old: String, _ new: String) throws -> Study {
  try #require(fullStudy.contains(old), "\(old)")
  return try study(fullStudy.replacingOccurrences(of: old, with: new))
}

func hex(_ bytes: [UInt8]) -> String { bytes.map { String(format: "%02x", $0) }.joined() }
