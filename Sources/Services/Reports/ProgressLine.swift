import Foundation

/// Says on standard error how far a long job is: on a terminal one line that is rewritten, with rate and time left; in a pipe or
/// a file a plain line for each tenth.
public struct ProgressLine: ~Copyable {
  private let label: String
  private let unit: String
  private let isTerminal: Bool
  private let start: ContinuousClock.Instant
  private var lastShown: ContinuousClock.Instant
  private var tenth = 0
  private var isOpen = false

  /// `label` names the job, `unit` what is counted, in the plural.
  public init(_ label: String, unit: String) {
    self.label = label
    self.unit = unit
    isTerminal = isatty(STDERR_FILENO) == 1
    start = .now
    lastShown = start
  }

  deinit { if isOpen { Self.write("\n") } }

  /// Tells that `done` of `total` are done; a total of 0 means that nobody knows it.
  public mutating func update(_ done: Int, of total: Int) {
    if isTerminal {
      let now = ContinuousClock.now
      guard now - lastShown > .milliseconds(100) || done == total else { return }
      lastShown = now
      isOpen = true
      Self.write("\r\u{1b}[K" + Self.line(label, unit, done, total, seconds: Self.seconds(now - start)))
    } else if total > 0, 10 * done / total > tenth {
      tenth = 10 * done / total
      Self.write("\(label): \(10 * tenth) %\n")
    }
  }

  /// Ends the line.
  public mutating func finish() {
    if isOpen { Self.write("\n") }
    isOpen = false
  }

  /// `label: 43 %, 120,000 points/s, 12 s left`.
  static func line(_ label: String, _ unit: String, _ done: Int, _ total: Int, seconds: Double) -> String {
    let rate = seconds > 0 ? Double(done) / seconds : 0
    var parts = [total > 0 ? "\(100 * done / total) %" : "\(grouped(done)) \(unit)"]
    if seconds >= 0.5 {
      parts.append("\(grouped(Int(rate))) \(unit)/s")
      if total > done, rate > 0 { parts.append(duration(Double(total - done) / rate) + " left") }
    }
    return "\(label): " + parts.joined(separator: ", ")
  }

  private static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }

  private static func write(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}

/// Seconds as people say them: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`.
public func duration(_ seconds: Double) -> String {
  if seconds < 10 { return "\(fixed(seconds, 1)) s" }
  let whole = Int(seconds.rounded())
  if whole < 60 { return "\(whole) s" }
  if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
  return "\(whole / 3600) h \(whole % 3600 / 60) min"
}

/// Bytes as people say them: `812 B`, `54 kB`, `3.2 MB`, `1.4 GB` (powers of ten).
public func byteCount(_ bytes: Int) -> String {
  switch bytes {
  case ..<1000: "\(bytes) B"
  case ..<1_000_000: "\(fixed(Double(bytes) / 1e3, bytes < 10_000 ? 1 : 0)) kB"
  case ..<1_000_000_000: "\(fixed(Double(bytes) / 1e6, bytes < 10_000_000 ? 1 : 0)) MB"
  default: "\(fixed(Double(bytes) / 1e9, 1)) GB"
  }
}

/// An integer with a comma between thousands.
public func grouped(_ value: Int) -> String {
  let digits = Array(String(value.magnitude))
  var text = value < 0 ? "-" : ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
    text.append(digit)
  }
  return text
}
