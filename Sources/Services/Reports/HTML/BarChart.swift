/// One bar for each row of a table, with its noise interval.
struct BarChart {
  /// The chart as an SVG element.
  let svg: String

  private static let rowHeight = 22.0
  private static let width = 1040.0
  /// More bars than this nobody compares; the table has all.
  private static let maximumBars = 120

  init(_ table: ReportTable, quantity: Int) {
    let decimals = table.quantities[quantity].decimals
    let shown = table.rows.prefix(Self.maximumBars)
    let labels = shown.map { Self.shortened($0.labels.joined(separator: " · "), 54) }
    let left = 16 + 7.4 * Double(labels.map(\.count).max() ?? 0)
    let right = Self.width - 130
    let ends = shown.flatMap { row -> [Double] in
      guard case .value(let value, let width) = row.entries[quantity] else { return [] }
      return [value - width, value + width]
    }
    let low = min(0, ends.min() ?? 0)
    let high = max(ends.max() ?? 1, low + 1e-9, 0)
    func x(_ value: Double) -> Double { left + (right - left) * (value - low) / (high - low) }

    let height = Self.rowHeight * Double(shown.count) + 8
    let name = escaped(table.quantities[quantity].title)
    var svg =
      "<svg viewBox=\"0 0 \(fixed(Self.width, 0)) \(fixed(height, 0))\" role=\"img\" aria-label=\"\(name), one bar for each row\">\n"
    svg += Self.line(x(0), 0, x(0), height, "class=\"axis\"")
    for (index, (row, label)) in zip(shown, labels).enumerated() {
      let top = Self.rowHeight * Double(index) + 4
      let middle = top + Self.rowHeight / 2
      svg += "<g><title>\(escaped(row.labels.joined(separator: ", "))): "
      svg += "\(row.entries[quantity].text(decimals: decimals))</title>"
      svg += Self.text(left - 8, middle + 4, escaped(label), "text-anchor=\"end\"")
      if case .value(let value, let width) = row.entries[quantity] {
        let (from, to) = (min(x(0), x(value)), max(x(0), x(value)))
        svg +=
          "<rect x=\"\(fixed(from, 1))\" y=\"\(fixed(top + 3, 1))\" width=\"\(fixed(max(to - from, 0.5), 1))\" height=\"\(fixed(Self.rowHeight - 6, 1))\" fill=\"var(--\(value < 0 ? "minus" : "bar"))\" opacity=\"0.85\"/>"
        if width > 0 { svg += Self.whisker(x(value - width), x(value + width), middle) }
      }
      svg += Self.text(
        right + 8, middle + 4, row.entries[quantity].text(decimals: decimals), "class=\"soft\"")
      svg += "</g>\n"
    }
    svg += "</svg>\n"
    if table.rows.count > shown.count {
      svg += "<p>The first \(shown.count) of \(table.rows.count) rows; the table has all.</p>\n"
    }
    self.svg = svg
  }

  private static func whisker(_ from: Double, _ to: Double, _ y: Double) -> String {
    let style = "stroke=\"currentColor\" stroke-width=\"1.3\""
    return line(from, y, to, y, style) + line(from, y - 4, from, y + 4, style)
      + line(to, y - 4, to, y + 4, style)
  }

  private static func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String
  ) -> String {
    "<line x1=\"\(fixed(x1, 1))\" y1=\"\(fixed(y1, 1))\" x2=\"\(fixed(x2, 1))\" y2=\"\(fixed(y2, 1))\" \(style)/>"
  }

  static func text(_ x: Double, _ y: Double, _ content: String, _ style: String) -> String {
    "<text x=\"\(fixed(x, 1))\" y=\"\(fixed(y, 1))\" \(style)>\(content)</text>"
  }

  /// A label cut to `limit` characters.
  static func shortened(_ text: String, _ limit: Int) -> String {
    text.count <= limit ? text : text.prefix(limit - 1) + "…"
  }
}
