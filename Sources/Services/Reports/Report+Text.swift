extension ReportTable {
  /// The table for a terminal: columns aligned, each number with its interval, at most `limit` rows.
  public func text(limit: Int = 200) -> [String] {
    var lines = [
      groupColumns + cellColumns + quantities.map(\.title)
    ]
    for row in rows.prefix(limit) {
      lines.append(row.labels + zip(quantities, row.entries).map { $1.text(decimals: $0.decimals) })
    }
    let labels = groupColumns.count + cellColumns.count
    let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    var result = lines.map { line in
      line.enumerated().map { column, field in
        let space = String(repeating: " ", count: widths[column] - field.count)
        return column < labels ? field + space : space + field
      }.joined(separator: "  ")
    }
    if rows.count > limit { result.append("… and \(rows.count - limit) more rows") }
    return result
  }
}

extension ReportTable.Entry {
  /// The number as people read it: `12`, `12 ±3`, `–` where there is none, `hidden`.
  public func text(decimals: Int) -> String {
    switch self {
    case .value(let value, let width):
      fixed(value, decimals) + (width > 0 ? " ±" + fixedUp(width, decimals) : "")
    case .undefined: "–"
    case .hidden: "hidden"
    }
  }
}

extension Report {
  /// The sections for a terminal: headings, and facts with their names aligned.
  public func text() -> [String] {
    let width = sections.flatMap(\.facts).map(\.name.count).max() ?? 0
    var lines = [title, summary]
    for section in sections {
      lines += ["", section.title]
      lines += section.facts.map { fact in
        "  " + fact.name + String(repeating: " ", count: width - fact.name.count + 2) + fact.value
      }
    }
    return lines
  }
}
