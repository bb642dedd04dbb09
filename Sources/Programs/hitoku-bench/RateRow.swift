import ProcessorFeatures

/// One measured rate: so many items a second.
struct RateRow {
  /// room/operation.
  let name: String
  /// What is counted, as the key of the JSON object: `and_per_s` or `per_s`.
  let unit: String
  let perSecond: Double
  /// Bytes on the wire for each item, else 0.
  var bytes = 0.0
  var variant = VectorVariant.current

  /// One JSON object on one line.
  var json: String {
    """
    {"name":"\(name)","variant":"\(variant.rawValue)","\(unit)":\(Int(perSecond)),\
    "bytes":\((bytes * 10).rounded() / 10)}
    """
  }

  /// One line of the table.
  var text: String {
    let millions = (perSecond / 1e4).rounded() / 100
    let fields = [
      Self.padded(name, 24), Self.padded(variant.rawValue, 8), Self.padded("\(millions) M \(unit)", 22),
      bytes > 0 ? "\((bytes * 10).rounded() / 10) bytes each" : "",
    ]
    return fields.joined(separator: " ")
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
