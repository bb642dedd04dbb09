#if Services
import LeakDatabase
import Secrets

/// The answer of Have I Been Pwned's range interface: a line for each hash behind the prefix, ended by CR LF but for the last.
struct RangeText {
  let bytes: [UInt8]

  /// Throws what the file does. With padding, lines with the count 0 fill it up to a random number of 800 to 1,000.
  init(_ file: RangeFile, prefix: Int, isPadded: Bool) throws(LeakDatabaseError) {
    var lines = try file.entries(prefix: prefix).map { "\($0.suffix):\($0.count)" }
    if isPadded {
      let wanted = Int.random(in: 800...1000)
      let digits = 2 * file.hash.byteCount - RangeFile.prefixDigits
      while lines.count < wanted {
        let text = SystemRandom.bytes(count: file.hash.byteCount)
          .map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        lines.append("\(text.uppercased().prefix(digits)):0")
      }
      lines.sort()
    }
    bytes = Array(lines.joined(separator: "\r\n").utf8)
  }
}
#endif
