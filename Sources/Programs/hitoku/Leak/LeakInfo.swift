#if Services
import Foundation
import LabeledLookup
import LeakDatabase
import ParameterFiles
import Reports
import ServiceContracts

/// What `hitoku leak info` says.
enum LeakInfo {
  /// Of a database's folder or a range file, every byte of which is checked.
  static func report(of path: String) throws(LeakDatabaseError) -> Report {
    if case .folder = ListInput(path: path) {
      return report(of: try LeakDatabase(path: path), in: path)
    }
    return report(of: try RangeFile(path: path), at: path)
  }

  private static func report(of database: LeakDatabase, in path: String) -> Report {
    let manifest = database.manifest
    let files =
      [manifest.tables, manifest.descriptions] + (manifest.batch.map { [$0.table, $0.description] } ?? [])
    var sections = [
      identity(
        manifest.kind, manifest.version, manifest.publicKey, items: manifest.items, buckets: manifest.buckets,
        manifest.sources)
        + [
          .init(
            "lists", manifest.isPrivate ? "private" : "published", key: "is_private",
            json: .bool(manifest.isPrivate)), written(path + "/manifest.json"),
        ],
      parameters(manifest.parameterSet, database.parameters)
        + size(
          "tables", manifest.tables.bytes, manifest.items,
          room: manifest.buckets * database.parameters.literal.items, key: "tables"),
    ].enumerated().map { Report.Section(["Database", "Single lookups"][$0], $1) }
    if let batch = database.batch, let files = manifest.batch {
      sections.append(
        .init(
          "Batches",
          parameters(files.parameterSet, batch.parameters)
            + size(
              "table", files.table.bytes, manifest.items, room: batch.parameters.literal.items,
              key: "batch_table")))
    }
    let bytes = byteCount(files.reduce(0) { $0 + $1.bytes })
    return Report(
      title: "\(manifest.name.escapedForTerminal): a database for private lookups",
      summary: "\(counted(manifest.items, "item")), \(bytes); every file is what the manifest says.",
      sections: sections)
  }

  private static func report(of file: RangeFile, at path: String) -> Report {
    let bytes = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    return Report(
      title: "\(path.escapedForTerminal): a range file",
      summary:
        "It publishes its list, and who asks it shows five digits of a hash. Every byte is as it was written.",
      sections: [
        .init(
          "Range file",
          [
            .init(
              "kind", file.hash == .sha1 ? "SHA-1 hashes" : "NTLM hashes", key: "kind",
              json: .text("range-\(file.hash)")),
            .init("items", file.count, key: "items"),
          ] + size("file", bytes, file.count, key: "file") + [written(path)])
      ])
  }

  /// Of what a server says of itself.
  static func report(of document: LeakDocument) -> Report {
    let lookup = document.lookup
    var sections = [
      Report.Section(
        "Database",
        identity(
          document.kind, document.version, document.publicKey, items: document.items,
          buckets: document.buckets,
          document.sources)),
      .init(
        "Single lookups",
        parameters(lookup.parameterSet, try? ParameterFiles.lookup(named: lookup.parameterSet))
          + traffic(lookup.keyBytes + lookup.queryBytes, lookup.responseBytes, key: "lookup")),
    ]
    if let batch = document.batch {
      sections.append(
        .init(
          "Batches",
          parameters(batch.parameterSet, try? ParameterFiles.batch(named: batch.parameterSet))
            + traffic(batch.queryBytes, batch.responseBytes, key: "batch")))
    }
    sections.append(
      .init(
        "Limits",
        [
          .init("evaluations a day", document.limits.elementsPerDay, key: "evaluations_per_day"),
          .init("requests a minute", document.limits.requestsPerMinute, key: "requests_per_minute"),
          .init(
            "range API", document.offersRange ? "offered (the weaker mode)" : "not offered",
            key: "offers_range",
            json: .bool(document.offersRange)),
        ]))
    return Report(
      title: "\(document.name.escapedForTerminal): a server's database for private lookups",
      summary: "This is what the server says. Compare key and version on another channel.", sections: sections
    )
  }
}
#endif
