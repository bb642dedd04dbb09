#if Services
import ArgumentParser
import Foundation
import LeakDatabase
import ParameterFiles
import Reports

/// Makes databases, and range files.
struct LeakBuildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build", abstract: "Build a database from lists.",
    discussion: """
      A killed build goes on where it stopped when it is started again with the same options. The same lists, \
      options and key give the same bytes.

        hitoku leak build --key oprf.key --work work --out passwords-1 \\
          --name passwords-1 --set lookup-labels-expand --batch hashes.txt.gz
        hitoku leak build --key oprf.key --work users --out users-1 \\
          --name users-1 --kind credentials --set lookup-bucket-n1024 \\
          --buckets 4096 breach.csv

      Sets, and how many items a table of them takes:
        lookup-1m-n2048       1,048,576; the default
        lookup-labels-expand  1,048,576 with count and source
        lookup-1m-n1024, lookup-1m-expand  1,048,576, less traffic
        lookup-16m-n1024, lookup-16m-expand  16,777,216
        lookup-bucket-n1024   16,384 in each bucket, for credentials

      With --range FILE, and without --key and --out, it writes the sorted hashes for the range API of Have I Been \
      Pwned instead. Such a file publishes its list, and who asks it shows five digits of a hash: the weaker mode.

        hitoku leak build --range hashes.range --work range-work \\
          hashes.txt.gz

      Passwords are hashed byte for byte. Empty lines, and the mark of UTF-8 before the first, are nothing; lists in UTF-16 are \
      refused.

      Exit codes: 0 done; 64 wrong usage; 65 a list, the key or the work folder is not as it should be; 73 the database \
      exists, or cannot be written; 77 a range file of a list that is not to be published; 130 stopped.
      """)
  @Option(help: "The OPRF key's file.") var key: String?
  @Option(help: "The new database folder.") var out: String?
  @Option(help: "The version's name; another one gives other salts.") var name: String?
  @Option(help: "sha1, ntlm or credentials.") var kind = LeakListKind.sha1
  @Option(help: "The parameter set, as above.") var set = "lookup-1m-n2048"
  @Option(help: "Buckets of users, for credentials: a power of two.") var buckets = 1
  @Flag(
    help: "Another table of all items, for 1,024 questions at once, without labels; at most 1,048,576 items."
  )
  var batch = false
  @Flag(help: "The same with count and source in its answers: twice the size, traffic and time.")
  var batchLabels = false
  @Flag(
    name: .customLong("private"),
    help:
      "The lists are not published: no range file is made or served, and no source is named but by --source.")
  var isPrivate = false
  @Option(help: "Write a range file instead of a database.") var range: String?
  @OptionGroup var lists: LeakListOptions

  func validate() throws {
    if range != nil {
      guard key == nil, out == nil, name == nil, !batch, !batchLabels else {
        throw ValidationError("--range takes no --key, --out, --name, --batch or --batch-labels.")
      }
    } else {
      guard key != nil, out != nil, let name else {
        throw ValidationError("give --key, --out and --name, or --range.")
      }
      try checkVersionName(name)
      guard ParameterFiles.lookupNames.contains(set) else {
        throw ValidationError("\(set) is no set: give \(ParameterFiles.lookupNames.joined(separator: ", ")).")
      }
    }
    guard
      buckets == 1
        || (kind == .credentials && (2...1_048_576).contains(buckets) && buckets & (buckets - 1) == 0)
    else {
      throw ValidationError(
        "--buckets is a power of two to 1,048,576, and above 1 for --kind credentials alone.")
    }
    guard !(batch || batchLabels) || buckets == 1 else {
      throw ValidationError("--batch and --batch-labels take no --buckets.")
    }
    guard !(batch && batchLabels) else { throw ValidationError("give --batch or --batch-labels, not both.") }
  }

  func run() throws {
    if let range { return try buildRange(range) }
    guard let key, let out, let name else { return }
    let settings = LeakDatabaseSettings(
      name: name, kind: kind, parameterSet: set, buckets: buckets, isPrivate: isPrivate,
      batchSet: batchLabels ? "lookup-batch-labels" : batch ? "lookup-batch-n4096" : nil)
    try buildDatabase(settings, key: key, out: out, lists)
  }

  private func buildRange(_ path: String) throws {
    do {
      guard lists.format.map({ $0.rawValue == kind.rawValue }) ?? true else {
        throw LeakDatabaseError.privateList
      }
      try checkNew(path)
      try resumable(saying: goesOn) {
        var builder = try RangeBuilder(kind, isPrivate: isPrivate, work: lists.work)
        _ = try lists.read(kind) { input, _, name, rule, progress throws(LeakDatabaseError) in
          try builder.add(input, name: name, malformed: rule, progress: progress)
        }
        let file = try builder.finish(to: path)
        print("\(path): \(counted(file.count, "hash", plural: "hashes"))")
      }
    } catch let error as LeakDatabaseError { throw CommandFailure(building: error) }
  }
}

/// Merges further lists with those of a work folder.
struct LeakAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Merge further lists, and write a new version of the database.",
    discussion: """
      The work folder knows what was built. Databases are never changed: the daemon is pointed at the new folder \
      and told by SIGHUP.

        hitoku leak add --key oprf.key --work work --out passwords-2 \\
          more.txt.gz

      Killed, it goes on where it stopped when it is started again. Exit codes are those of build; 65 also where every list is \
      in the work folder already.
      """)
  @Option(help: "The OPRF key's file, the same as of the build.") var key: String
  @Option(help: "The new database folder.") var out: String
  @Option(
    help: "What the new version is called; default: the first version's name with the number of lists.")
  var name: String?
  @OptionGroup var lists: LeakListOptions

  func validate() throws { try name.map(checkVersionName) }

  func run() throws {
    let settings: LeakDatabaseSettings
    do throws(LeakDatabaseError) { settings = try LeakDatabaseSettings(ofWork: lists.work) } catch {
      throw CommandFailure(error)
    }
    try buildDatabase(settings, key: key, out: out, lists, addingAs: { name ?? "\(settings.name).\($0)" })
  }
}

/// Names stand in documents of a server and in lines of a terminal.
private func checkVersionName(_ name: String) throws {
  guard (1...128).contains(name.utf8.count), name == name.escapedForTerminal else {
    throw ValidationError("--name is text of 1 to 128 bytes without control characters.")
  }
}

/// Before lists are read for hours: nothing is overwritten.
private func checkNew(_ path: String) throws(LeakDatabaseError) {
  guard !FileManager.default.fileExists(atPath: path) else { throw .exists(path: path) }
}

/// Of a build that was stopped.
private let goesOn = "the same command goes on from the last checkpoint"

/// `addingAs`, for a new version, names it by the number of its lists, of which one must be new.
private func buildDatabase(
  _ settings: LeakDatabaseSettings, key: String, out: String, _ lists: LeakListOptions,
  addingAs name: ((Int) -> String)? = nil
) throws {
  do {
    try checkNew(out)
    let manifest = try resumable(saying: goesOn) {
      var builder = try LeakDatabaseBuilder(settings, key: readOPRFKey(key), work: lists.work)
      let taken = try lists.read(settings.kind) {
        input, format, name, rule, progress throws(LeakDatabaseError) in
        try builder.add(
          input, format: format, name: name, source: settings.isPrivate ? lists.source : lists.label(name),
          malformed: rule,
          progress: progress)
      }
      // What was killed before it had written its database goes on there.
      guard taken > 0 || name == nil || !builder.isWritten else {
        throw CommandFailure(
          "nothing was added: every list is in this work folder already.", hint: "No database was written.",
          code: .data)
      }
      note("solving the tables")
      let start = ContinuousClock.now
      var line = ProgressLine("solving the tables", unit: "parts")
      let named = name?(builder.listCount)
      let manifest = try builder.finish(to: out, name: named) {
        // A short wait is over before anybody wonders.
        if ContinuousClock.now - start > .seconds(3) { line.update($0, of: $1) }
      }
      line.finish()
      return manifest
    }
    let batch = manifest.batch.map { ", \(byteCount($0.table.bytes)) for batches" } ?? ""
    let labels = (try? ParameterFiles.lookup(named: manifest.parameterSet).labelByteCount) ?? 0
    print(
      "\(out): \(counted(manifest.items, "item")) \(labels > 0 ? "with count and source" : "without labels"), "
        + "\(byteCount(manifest.tables.bytes)) of tables\(batch), "
        + "public key \(manifest.publicKey)")
  } catch let error as LeakDatabaseError { throw CommandFailure(building: error) }
}
#endif
