import Synchronization

/// Numbers about the service in Prometheus's text form (version 0.0.4). Labels come from a fixed set of words or from the
/// operator's files, never from requests.
public final class Metrics: Sendable {
  /// What a family counts.
  public enum Kind: String, Sendable {
    /// Only grows.
    case counter
    /// Goes up and down.
    case gauge
    /// Counts observations below bounds.
    case histogram
  }

  private struct Histogram {
    var counts: [Int]
    var sum = 0.0
  }
  private struct Family {
    let kind: Kind
    let help: String
    var numbers: [String: Double] = [:]
    var histograms: [String: Histogram] = [:]
  }

  /// Upper bounds of histograms, in seconds.
  public static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

  private let families = Mutex<[String: Family]>([:])

  /// No families.
  public init() {}

  /// Makes a family known, with a sentence about it.
  public func declare(_ name: String, _ kind: Kind, _ help: String) {
    families.withLock { $0[name] = Family(kind: kind, help: help) }
  }

  /// Adds to a counter.
  public func add(_ amount: Double = 1, to name: String, _ labels: KeyValuePairs<String, String> = [:]) {
    let key = Self.text(labels)
    families.withLock { $0[name]?.numbers[key, default: 0] += amount }
  }

  /// Sets a gauge.
  public func set(_ value: Double, _ name: String, _ labels: KeyValuePairs<String, String> = [:]) {
    let key = Self.text(labels)
    families.withLock { $0[name]?.numbers[key] = value }
  }

  /// Forgets all values of a family.
  public func clear(_ name: String) { families.withLock { $0[name]?.numbers = [:] } }

  /// Counts an observation of so many seconds.
  public func observe(_ seconds: Double, _ name: String, _ labels: KeyValuePairs<String, String> = [:]) {
    let key = Self.text(labels)
    let place = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
    families.withLock { families in
      let empty = Histogram(counts: Array(repeating: 0, count: Self.bounds.count + 1))
      families[name]?.histograms[key, default: empty].counts[place] += 1
      families[name]?.histograms[key]?.sum += seconds
    }
  }

  /// All families, sorted.
  public var text: String {
    let families = families.withLock { $0 }
    var lines: [String] = []
    for (name, family) in families.sorted(by: { $0.key < $1.key }) {
      lines += ["# HELP \(name) \(family.help)", "# TYPE \(name) \(family.kind.rawValue)"]
      for (labels, value) in family.numbers.sorted(by: { $0.key < $1.key }) {
        lines.append("\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(Self.text(value))")
      }
      for (labels, histogram) in family.histograms.sorted(by: { $0.key < $1.key }) {
        lines += Self.lines(name, labels, histogram)
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func lines(_ name: String, _ labels: String, _ histogram: Histogram) -> [String] {
    let prefix = labels.isEmpty ? "" : labels + ","
    var (lines, total): ([String], Int) = ([], 0)
    for (bound, count) in zip(bounds.map { "\($0)" } + ["+Inf"], histogram.counts) {
      total += count
      lines.append("\(name)_bucket{\(prefix)le=\"\(bound)\"} \(total)")
    }
    let braces = labels.isEmpty ? "" : "{\(labels)}"
    return lines + ["\(name)_sum\(braces) \(text(histogram.sum))", "\(name)_count\(braces) \(total)"]
  }

  private static func text(_ labels: KeyValuePairs<String, String>) -> String {
    labels.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ",")
  }

  private static func escaped(_ value: String) -> String {
    value.reduce(into: "") { text, character in
      switch character {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      default: text.append(character)
      }
    }
  }

  private static func text(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
  }
}
