#if Services
import Foundation
import LabeledLookup
import LeakDatabase
import Reports

/// Facts that databases and servers share.
extension LeakInfo {
  /// What it is.
  static func identity(
    _ kind: LeakListKind, _ version: String, _ publicKey: String, items: Int, buckets: Int,
    _ sources: [String]
  ) -> [Report.Fact] {
    let sources = sources.filter { !$0.isEmpty }
    let shown = sources.prefix(8).map(\.escapedForTerminal).joined(separator: ", ")
    let rest = sources.count > 8 ? " and \(grouped(sources.count - 8)) more" : ""
    return [
      .init("kind", text(kind), key: "kind", json: .text(kind.rawValue)),
      .init("version", version.escapedForTerminal, key: "version"),
      .init("public key", publicKey.escapedForTerminal, key: "public_key"),
      .init("items", items, key: "items"),
      .init("buckets", buckets, key: "buckets"),
      .init(
        "sources", sources.isEmpty ? "none" : shown + rest, key: "sources",
        json: .array(sources.map(JSONValue.text))),
    ]
  }

  private static func text(_ kind: LeakListKind) -> String {
    switch kind {
    case .sha1: "passwords by SHA-1"
    case .ntlm: "passwords by NTLM hash"
    case .credentials: "user names with passwords"
    }
  }

  /// The set of single lookups and what it promises; nil where this program does not know it.
  static func parameters(_ name: String, _ set: LookupParameters?) -> [Report.Fact] {
    let facts = [Report.Fact("parameter set", name.escapedForTerminal, key: "lookup_set")]
    guard let set else { return facts }
    let label = labels(set.labelByteCount)
    return facts + [
      .init("labels", label, key: "label_bytes", json: .integer(set.labelByteCount))
    ] + bounds(set.falsePositiveLog2, set.failureLog2, "a query", key: "lookup")
  }

  /// The set of batches and what it promises; nil where this program does not know it.
  static func parameters(_ name: String, _ set: BatchParameters?) -> [Report.Fact] {
    let facts = [Report.Fact("parameter set", name.escapedForTerminal, key: "batch_set")]
    guard let set else { return facts }
    return facts + [
      .init("questions", set.literal.queries, key: "batch_questions"),
      .init(
        "labels", labels(set.labelByteCount), key: "batch_label_bytes", json: .integer(set.labelByteCount)),
    ] + bounds(set.falsePositiveLog2, set.failureLog2, "a batch", key: "batch")
  }

  private static func labels(_ bytes: Int) -> String {
    bytes == 0 ? "none: answers say present or absent" : "count and source (\(bytes) bytes)"
  }

  private static func bounds(
    _ falsePositive: Double, _ failure: Double, _ unit: String, key: String
  ) -> [Report.Fact] {
    [
      .init(
        "false positive", "below 2^\(fixed(falsePositive, 1)) \(unit)", key: key + "_false_positive_log2",
        json: .number(fixed(falsePositive, 1))),
      .init(
        "wrong by noise", "below 2^\(fixed(failure, 1)) \(unit)", key: key + "_failure_log2",
        json: .number(fixed(failure, 1))),
    ]
  }

  /// Bytes in all, for each item, and how many items there is room for where that is fixed.
  static func size(
    _ name: String, _ bytes: Int, _ items: Int, room: Int? = nil, key: String
  ) -> [Report.Fact] {
    let each = Double(bytes) / Double(max(1, items))
    let perItem = each < 100 ? fixed(each, 1) : grouped(Int(each))
    let size = Report.Fact(
      name, "\(byteCount(bytes)), \(perItem) bytes an item", key: key + "_bytes", json: .integer(bytes))
    return [size]
      + (room.map { [.init("room for", "\(counted($0, "item"))", key: key + "_room", json: .integer($0))] }
        ?? [])
  }

  /// Bytes of one question, in both directions.
  static func traffic(_ up: Int, _ down: Int, key: String) -> [Report.Fact] {
    [
      .init("up", byteCount(up), key: key + "_upload_bytes", json: .integer(up)),
      .init("down", byteCount(down), key: key + "_download_bytes", json: .integer(down)),
    ]
  }

  /// When a file was written, by the file system.
  static func written(_ path: String) -> Report.Fact {
    let date = try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    guard let date else { return .init("written", "unknown", key: "written", json: .null) }
    return .init("written", date.formatted(.iso8601), key: "written")
  }
}
#endif
