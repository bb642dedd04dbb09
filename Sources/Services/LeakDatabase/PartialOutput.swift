// Fence: lstat(2).
import Foundation
import Glibc

/// What a killed build left beside its output: removed where it is that, refused where it may be something else.
enum PartialOutput {
  /// Removes the folder at `path`, if there is one, with files of these names alone. Throws `exists` for anything else.
  static func removeFolder(_ path: String, holding names: [String]) throws(LeakDatabaseError) {
    guard let mode = mode(of: path) else { return }
    // The manifest's temporary file has a random end.
    guard mode == S_IFDIR, let found = try? FileManager.default.contentsOfDirectory(atPath: path),
      found.allSatisfy({ name in names.contains(name) || names.contains { name.hasPrefix($0 + ".partial-") } }
      ),
      found.allSatisfy({ self.mode(of: path + "/" + $0) == S_IFREG })
    else { throw .exists(path: path) }
    do { try FileManager.default.removeItem(atPath: path) } catch { throw .system(path: path, errno: errno) }
  }

  /// Removes the file at `path`, if there is one, that begins with `magic` or with zeros where that will stand. Throws
  /// `exists` for anything else.
  static func removeFile(_ path: String, beginningWith magic: [UInt8]) throws(LeakDatabaseError) {
    guard let mode = mode(of: path) else { return }
    guard mode == S_IFREG else { throw .exists(path: path) }
    let file = try OpenFile(path, flags: O_RDONLY | O_NOFOLLOW)
    let begin = try file.read(min(magic.count, file.byteCount()), at: 0)
    guard begin.allSatisfy({ $0 == 0 }) || begin == magic else { throw .exists(path: path) }
    guard unsafe unlink(path) == 0 else { throw .system(path: path, errno: errno) }
  }

  /// The kind of file at `path`, links not followed; nil for none.
  private static func mode(of path: String) -> mode_t? {
    var status = stat()
    return unsafe lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }
}
