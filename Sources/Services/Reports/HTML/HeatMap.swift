/// A field of colours: a row for each group, a column for each cell.
struct HeatMap {
  /// The chart as an SVG element.
  let svg: String

  private static let cellHeight = 34.0
  /// More than this no page shows well; the table has all.
  private static let maximumColumns = 60
  private static let maximumRows = 200

  /// Nil where there is only one row or column, or more than a page shows.
  init?(_ table: ReportTable, quantity: Int) {
    let cells = Self.columns(of: table)
    let groups = table.rows.count / max(cells.count, 1)
    guard groups > 1, cells.count > 1, cells.count <= Self.maximumColumns, groups <= Self.maximumRows else {
      return nil
    }
    let values = table.rows.compactMap { row -> Double? in
      if case .value(let value, _) = row.entries[quantity] { value } else { nil }
    }
    let scale = ColorScale(values)
    let left = 16 + 7.4 * Double(Self.labels(table, cells.count).map(\.count).max() ?? 0)
    let cellWidth = max(44, min(150, (1040 - left) / Double(cells.count)))
    let width = left + cellWidth * Double(cells.count)
    let height = 28 + Self.cellHeight * Double(groups)
    let name = escaped(table.quantities[quantity].title)
    var svg =
      "<svg viewBox=\"0 0 \(fixed(max(width, 640), 0)) \(fixed(height, 0))\" role=\"img\" aria-label=\"\(name) as a field of colours; the numbers stand in the table\">\n"
    svg +=
      "<defs><pattern id=\"hidden\(quantity)\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><path d=\"M0 6L6 0\" stroke=\"#b8c0c8\"/></pattern></defs>\n"
    for (column, label) in cells.enumerated() {
      svg += BarChart.text(
        left + cellWidth * (Double(column) + 0.5), 18,
        escaped(BarChart.shortened(label, Int(cellWidth / 7))), "text-anchor=\"middle\"")
    }
    for (row, label) in Self.labels(table, cells.count).enumerated() {
      let y = 28 + Self.cellHeight * Double(row)
      svg += BarChart.text(left - 8, y + 21, escaped(label), "text-anchor=\"end\"") + "\n"
      for column in cells.indices {
        let entry = table.rows[row * cells.count + column]
        svg += Self.cell(
          entry, quantity, table.quantities[quantity].decimals, scale,
          frame: (left + cellWidth * Double(column), y, cellWidth))
      }
    }
    self.svg = svg + "</svg>\n"
  }

  private static func columns(of table: ReportTable) -> [String] {
    let groups = table.groupColumns.count
    guard let first = table.rows.first else { return [] }
    return table.rows.prefix { $0.labels.prefix(groups) == first.labels.prefix(groups) }
      .map { $0.labels.dropFirst(groups).joined(separator: " · ") }
  }

  private static func labels(_ table: ReportTable, _ columns: Int) -> [String] {
    stride(from: 0, to: table.rows.count, by: columns).map {
      let labels = table.rows[$0].labels.prefix(table.groupColumns.count)
      return BarChart.shortened(labels.joined(separator: " · "), 54)
    }
  }

  private static func cell(
    _ row: ReportTable.Row, _ quantity: Int, _ decimals: Int, _ scale: ColorScale,
    frame: (x: Double, y: Double, width: Double)
  ) -> String {
    let entry = row.entries[quantity]
    var fill = "none"
    var ink = "#5b6570"
    var number = entry == .hidden ? "" : "–"
    var interval = ""
    switch entry {
    case .value(let value, let width):
      (fill, ink) = scale.colors(value)
      number = fixed(value, decimals)
      interval = width > 0 ? "±" + fixedUp(width, decimals) : ""
    case .hidden: fill = "url(#hidden\(quantity))"
    case .undefined: break
    }
    let middle = frame.x + frame.width / 2
    let title = "\(row.labels.joined(separator: ", ")): \(entry.text(decimals: decimals))"
    var svg = "<g><title>\(escaped(title))</title>"
    svg +=
      "<rect x=\"\(fixed(frame.x + 1, 1))\" y=\"\(fixed(frame.y + 1, 1))\" width=\"\(fixed(frame.width - 2, 1))\" height=\"\(fixed(cellHeight - 2, 1))\" fill=\"\(fill)\"/>"
    let style = "text-anchor=\"middle\" style=\"fill:\(ink)\""
    svg += BarChart.text(middle, frame.y + (interval.isEmpty ? 21 : 15), number, style)
    if !interval.isEmpty {
      svg += BarChart.text(
        middle, frame.y + 28, interval, "text-anchor=\"middle\" style=\"fill:\(ink);font-size:10px\"")
    }
    return svg + "</g>\n"
  }
}

/// Colours for values: white to blue, and white to orange below zero; readable without telling red from green.
private struct ColorScale {
  private let magnitude: Double

  init(_ values: [Double]) {
    magnitude = max(values.map(\.magnitude).max() ?? 1, 1e-9)
  }

  func colors(_ value: Double) -> (fill: String, ink: String) {
    let strength = min(1, value.magnitude / magnitude)
    let end = value < 0 ? (r: 166.0, g: 76.0, b: 36.0) : (r: 26.0, g: 86.0, b: 156.0)
    func channel(_ full: Double) -> String { fixed(247 + (full - 247) * strength, 0) }
    return (
      "rgb(\(channel(end.r)),\(channel(end.g)),\(channel(end.b)))", strength > 0.55 ? "#fff" : "#1b1f24"
    )
  }
}
