#if Services
import ArgumentParser
import Foundation
import Tables

/// All bytes of a file of at most `limit` bytes.
func readWholeFile(_ path: String, limit: Int) throws -> [UInt8] {
  guard let handle = FileHandle(forReadingAtPath: path) else {
    throw CommandFailure("cannot read \(path).", hint: "Check the path and its permissions.", code: .data)
  }
  defer { try? handle.close() }
  let data: Data
  do { data = try handle.read(upToCount: limit + 1) ?? Data() } catch {
    throw CommandFailure("cannot read \(path).", hint: "Is it a file?", code: .data)
  }
  guard data.count <= limit else {
    throw CommandFailure("\(path) has more than \(limit) bytes.", hint: "Is it the right file?", code: .data)
  }
  return Array(data)
}

/// A table to read: a path, or - for standard input; gzip is detected.
func openTable(_ path: String) throws -> CSVReader {
  try explained { try CSVReader(try ByteSource(path: path)) }
}

/// Whether a path is a plain file, which can be read twice.
func isPlainFile(_ path: String) -> Bool {
  var status = stat()
  return unsafe path != "-" && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
}

/// Refuses a result's path before a run that is paid for: it makes a file there, and removes it.
func checkWritable(_ path: String, option: String) throws {
  do { _ = try OutputFile(path: path) } catch {
    throw CommandFailure(
      "\(error)", hint: "Give \(option) a plain file in a folder that exists and takes files.",
      code: .cannotCreate)
  }
}

/// Writes a whole file, or leaves nothing; - is standard output.
func writeWholeFile(_ path: String, _ text: String) throws {
  try explained {
    var file = try OutputFile(path: path)
    try file.write(Array(text.utf8))
    try file.commit()
  }
}

/// HOST:PORT; the port 0 lets the system choose.
func parseAddress(_ text: String) throws -> (host: String, port: Int) {
  guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
    (0...65_535).contains(port), colon != text.startIndex
  else { throw ValidationError("\(text) is no address: give HOST:PORT, such as 127.0.0.1:7000.") }
  return (String(text[..<colon]).trimmingCharacters(in: ["[", "]"]), port)
}

/// Lines for people, on standard error, so that standard output stays for results. Where nobody can hear them (a full disk, a
/// closed stream) the work goes on.
func note(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8)) }

/// Lower-case digits of bytes.
func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
#endif
