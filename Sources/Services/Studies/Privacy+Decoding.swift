import DisclosureControl

extension Privacy {
  /// nil for `"exact"`.
  static func decode(
    _ value: JSONValue, mode: Study.Mode, measures: [Measure]
  ) throws(StudyError) -> Privacy? {
    if value == .string("exact") { return nil }
    guard mode != .elements else {
      throw .conflict(field: "privacy", hint: "mode elements shows ids: only \"exact\" describes it.")
    }
    var fields = try FieldReader(value, path: "privacy")
    let delta = try delta(fields.optional("delta"))
    var epsilon = try FieldReader(
      try fields.required("epsilon", hint: "Give {\"match\": …, \"cells\": …}."), path: "privacy.epsilon")
    try fields.finish()
    let match = try Self.epsilon(
      try epsilon.required("match", hint: "Give ε of the match counts, such as 0.1."),
      field: epsilon.field("match"))
    var parts = CellEpsilons(counts: .zero, measures: [])
    if mode != .count {
      let cells = try epsilon.required("cells", hint: "Give ε of all tables together, such as 1.")
      parts = try CellEpsilons(cells, measures: measures)
    }
    try epsilon.finish()
    return Privacy(match: match, counts: parts.counts, measures: parts.measures, delta: delta)
  }

  /// A number of at most six decimals, above 0 and at most 100.
  static func epsilon(_ value: JSONValue, field: String) throws(StudyError) -> Epsilon {
    guard case .number(let number) = value, let micros = number.scaled(byPowerOfTen: 6), micros > 0,
      micros <= 100_000_000, let epsilon = Epsilon(micros: UInt64(micros))
    else {
      throw .invalid(field: field, hint: "must be a number above 0, at most 100, with at most 6 decimals.")
    }
    return epsilon
  }

  /// A power of one half such as `"2^-38"`, units of 2^-62 such as `"5/2^62"`, or a
  /// number, rounded down to a multiple of 2^-62; 2^-38 where none is given.
  private static func delta(_ value: JSONValue?) throws(StudyError) -> Delta {
    switch value {
    case nil: return Delta(powerOfHalf: 38)
    case .string(let text)?:
      if text.hasPrefix("2^-"), let bits = Int(text.dropFirst(3)), (10...62).contains(bits) {
        return Delta(powerOfHalf: bits)
      }
      if text.hasSuffix("/2^62"), let units = UInt64(text.dropLast(5)), (1...1 << 52).contains(units),
        let delta = Delta(units: units)
      {
        return delta
      }
    case .number(let number)?:
      // digits·10^exponent·2^62: below 2^60·2^62, over at most 10^38.
      if !number.isNegative, number.digits > 0, (-38...0).contains(number.exponent) {
        var units = UInt128(number.digits) << 62
        for _ in number.exponent..<0 { units /= 10 }
        if let units = UInt64(exactly: units), units > 0, units <= 1 << 52, let delta = Delta(units: units) {
          return delta
        }
      }
    default: break
    }
    throw .invalid(
      field: "privacy.delta",
      hint: "must be a text such as \"2^-38\", or a number such as 1e-9, at most 2^-10.")
  }
}

/// How ε of the tables is split.
private struct CellEpsilons {
  let counts: Epsilon
  let measures: [MeasureEpsilon]

  init(counts: Epsilon, measures: [MeasureEpsilon]) {
    self.counts = counts
    self.measures = measures
  }

  /// One number, shared equally, or `{"counts": …, "measures": {column: …}}`.
  init(_ value: JSONValue, measures: [Measure]) throws(StudyError) {
    let path = "privacy.epsilon.cells"
    guard case .object = value else {
      try self.init(sharing: Privacy.epsilon(value, field: path), measures: measures)
      return
    }
    var fields = try FieldReader(value, path: path)
    let counts = try Privacy.epsilon(
      try fields.required("counts", hint: "Give ε of the table of counts."), field: fields.field("counts"))
    var byColumn = try FieldReader(
      fields.optional("measures") ?? .object([:]), path: fields.field("measures"))
    var parts: [MeasureEpsilon] = []
    for measure in measures {
      let value = try byColumn.required(measure.column, hint: "Give ε of this measure.")
      parts.append(try MeasureEpsilon(value, field: byColumn.field(measure.column), measure: measure))
    }
    try byColumn.finish()
    try fields.finish()
    self.init(counts: counts, measures: parts)
  }

  /// Equal shares for counts, totals and totals of squares; what does not divide goes to the counts.
  private init(sharing total: Epsilon, measures: [Measure]) throws(StudyError) {
    let shares = UInt64(1 + measures.reduce(0) { $0 + ($1.needsSquares ? 2 : 1) })
    guard let share = Epsilon(micros: total.micros / shares), share > .zero,
      let first = Epsilon(micros: total.micros - share.micros * (shares - 1))
    else {
      throw .invalid(
        field: "privacy.epsilon.cells", hint: "is too small to be shared by \(shares) tables.")
    }
    self.init(
      counts: first,
      measures: measures.map { MeasureEpsilon(sum: share, squares: $0.needsSquares ? share : .zero) })
  }
}

extension MeasureEpsilon {
  /// One number, halved where squares are needed, or `{"sum": …, "squares": …}`.
  init(_ value: JSONValue, field: String, measure: Measure) throws(StudyError) {
    if case .object = value, measure.needsSquares {
      var fields = try FieldReader(value, path: field)
      let hint = "Give ε of the totals and of the totals of squares."
      let sum = try Privacy.epsilon(try fields.required("sum", hint: hint), field: fields.field("sum"))
      let squares = try Privacy.epsilon(
        try fields.required("squares", hint: hint), field: fields.field("squares"))
      try fields.finish()
      self.init(sum: sum, squares: squares)
      return
    }
    let total = try Privacy.epsilon(value, field: field)
    guard measure.needsSquares else {
      self.init(sum: total, squares: .zero)
      return
    }
    guard let half = Epsilon(micros: total.micros / 2), half > .zero,
      let rest = Epsilon(micros: total.micros - half.micros)
    else { throw .invalid(field: field, hint: "is too small to be halved.") }
    self.init(sum: rest, squares: half)
  }
}
