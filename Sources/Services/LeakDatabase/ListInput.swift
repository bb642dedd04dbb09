import Foundation
import LeakCheck
import Primitives
import Tables

/// Where a list is read from; gzip is recognised everywhere.
public enum ListInput: Sendable, Hashable {
  /// One file, or standard input for `-`.
  case file(String)
  /// A folder with one file for each prefix: named by five hexadecimal digits, with `.txt` and `.gz` behind them or
  /// not, lines without those digits.
  case folder(String)
  /// These bytes.
  case bytes([UInt8])

  /// A folder where `path` is one, else a file.
  public init(path: String) {
    var isFolder: ObjCBool = false
    let exists = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    self = exists && isFolder.boolValue ? .folder(path) : .file(path)
  }
}

extension ListInput {
  /// What tells this list from another one of its name: its length and the SHA-256 of its first mebibyte, for a folder that of its
  /// files' names and lengths. Nil where only reading it to its end would tell. Throws `system` and `noPrefixFile`.
  public func fingerprint() throws(LeakDatabaseError) -> String? {
    switch self {
    case .bytes, .file("-"): return nil
    case .file(let path):
      var status = stat()
      guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      let file = try OpenFile(path, flags: O_RDONLY)
      let count = try file.byteCount()
      let begin = try file.read(min(count, 1 << 20), at: 0)
      return "\(count) bytes, \(Array(SHA256.hash(begin).prefix(8)).hex)"
    case .folder(let path):
      let names = try ListLines.prefixFiles(path)
      var listing: [UInt8] = []
      for name in names {
        var status = stat()
        guard unsafe stat(path + "/" + name, &status) == 0 else {
          throw .system(path: path + "/" + name, errno: errno)
        }
        listing += Array("\(name) \(status.st_size)\n".utf8)
      }
      return "\(names.count) files, \(Array(SHA256.hash(listing).prefix(8)).hex)"
    }
  }
}

/// The lines of a list, those of a folder in the order of its prefixes and with them.
struct ListLines: ~Copyable {
  private var reader: LineReader
  private var prefix: [UInt8] = []
  private let folder: String
  private var files: ArraySlice<String> = []
  /// Whether the next line is the first of a file.
  private var isFirst = true

  /// Bytes or files that were read, and how many there are; 0 where nobody knows.
  private(set) var done = 0
  private(set) var total = 0

  init(_ input: ListInput) throws(LeakDatabaseError) {
    switch input {
    case .bytes(let bytes):
      folder = ""
      reader = LineReader(ByteSource(bytes: bytes), longest: LeakLine.longestLine)
    case .file(let path):
      folder = ""
      reader = try Self.open(path)
      total = reader.byteCount ?? 0
    case .folder(let path):
      folder = path
      let names = try Self.prefixFiles(path)
      reader = try Self.open(path + "/" + names[0])
      files = names[...]
      total = names.count
      prefix = Array(names[0].utf8.prefix(RangeFile.prefixDigits))
    }
  }

  private static func open(_ path: String) throws(LeakDatabaseError) -> LineReader {
    do { return LineReader(try ByteSource(path: path), longest: LeakLine.longestLine) } catch {
      throw .list(error)
    }
  }

  static func prefixFiles(_ folder: String) throws(LeakDatabaseError) -> [String] {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
      .filter { !$0.hasPrefix(".") }.sorted()
    for name in names {
      let rest = name.dropFirst(RangeFile.prefixDigits)
      guard RangeFile.prefix(name.prefix(RangeFile.prefixDigits)) != nil,
        ["", ".txt", ".gz", ".txt.gz"].contains(rest)
      else { throw .noPrefixFile(path: folder + "/" + name) }
    }
    guard !names.isEmpty else { throw .noPrefixFile(path: folder) }
    return names
  }

  /// Replaces `line` by the next one; false at the end. A mark of the encoding before a file's first line is dropped. Throws `list`,
  /// and `utf16` for files in that encoding.
  mutating func next(_ line: inout [UInt8]) throws(LeakDatabaseError) -> Bool {
    while true {
      let isMore: Bool
      do { isMore = try reader.next(&line) } catch { throw .list(error) }
      if isMore, isFirst { try dropMark(&line) }
      isFirst = false
      if files.isEmpty {
        done = reader.bytesRead
        return isMore
      }
      if isMore {
        if line.first.map({ $0 != UInt8(ascii: "\r") }) ?? false { line.insert(contentsOf: prefix, at: 0) }
        return true
      }
      files.removeFirst()
      done += 1
      guard let name = files.first else { return false }
      prefix = Array(name.utf8.prefix(RangeFile.prefixDigits))
      reader = try Self.open(folder + "/" + name)
      isFirst = true
    }
  }

  private func dropMark(_ line: inout [UInt8]) throws(LeakDatabaseError) {
    if line.starts(with: [0xFF, 0xFE]) || line.starts(with: [0xFE, 0xFF]) { throw .utf16 }
    if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
  }
}
