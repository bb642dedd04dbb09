#if Services
// Fence: read(2) into wiped memory, and the terminal's settings.
import Dispatch
import Foundation
import Glibc
import Secrets

/// Lines of standard input in memory that is wiped; nothing else in this process sees them.
struct SecretLines: ~Copyable {
  private var buffer = SecretBytes(count: 1 << 16)
  private var start = 0
  private var end = 0
  private var isAtEnd = false
  /// Lines that were read.
  private(set) var number = 0

  /// The longest line, as in lists.
  private static let longest = 4096

  /// The next line without its end; nil at the end of input.
  mutating func next() throws -> SecretBytes? {
    while true {
      if let length = lengthOfLine() {
        number += 1
        let line = try take(length)
        start += length + (isAtEnd && start + length == end ? 0 : 1)
        return line
      }
      if isAtEnd { return nil }
      guard end - start <= Self.longest else {
        throw CommandFailure(
          "line \(number + 1) of standard input is longer than \(Self.longest) bytes.",
          hint: "Give one password on each line.", code: .data)
      }
      try fill()
    }
  }

  /// The bytes before the next line feed, or what is left at the end.
  private borrowing func lengthOfLine() -> Int? {
    let found = unsafe buffer.withUnsafeBufferPointer { bytes in
      unsafe bytes[start..<end].firstIndex(of: UInt8(ascii: "\n"))
    }
    if let found { return found - start }
    return isAtEnd && end > start ? end - start : nil
  }

  /// A copy of a line of this length, without a carriage return at its end, and without a mark of the encoding before the first.
  private borrowing func take(_ length: Int) throws -> SecretBytes {
    let isFirst = number == 1
    let found: SecretBytes? = unsafe buffer.withUnsafeBufferPointer { bytes in
      var line = unsafe bytes[start..<(start + length)]
      if unsafe line.last == UInt8(ascii: "\r") { unsafe line = line.dropLast() }
      if isFirst, unsafe line.starts(with: [0xEF, 0xBB, 0xBF]) { unsafe line = line.dropFirst(3) }
      // Bytes of UTF-16 would be hashed as they are, and found nowhere.
      let isUTF16 = unsafe line.starts(with: [0xFF, 0xFE]) || line.starts(with: [0xFE, 0xFF])
      let hasZero = unsafe line.contains(0)
      guard !hasZero, !(isFirst && isUTF16) else { return nil }
      let kept = unsafe line
      return unsafe SecretBytes(count: kept.count) { target in
        for place in unsafe 0..<kept.count { unsafe target[place] = kept[kept.startIndex + place] }
      }
    }
    guard let found else {
      throw CommandFailure(
        "line \(number) of standard input holds a zero byte, or is in UTF-16.",
        hint: "Convert it to UTF-8: iconv -f UTF-16 -t UTF-8", code: .data)
    }
    return found
  }

  private mutating func fill() throws {
    let (first, last) = (start, end)
    var got = 0
    unsafe buffer.withUnsafeMutableBufferPointer { bytes in
      for place in first..<last { unsafe bytes[place - first] = bytes[place] }
      repeat {
        got = unsafe read(
          STDIN_FILENO, bytes.baseAddress?.advanced(by: last - first), bytes.count - (last - first))
      } while got < 0 && errno == EINTR
    }
    guard got >= 0 else {
      throw CommandFailure("cannot read standard input.", hint: "Is it open?", code: .data)
    }
    (start, end) = (0, last - first + got)
    isAtEnd = got == 0
  }
}

/// The terminal, while it does not show what is typed. Signals that end the process first make it show again.
struct SilentTerminal: ~Copyable {
  private let before: termios
  private let sources: [any DispatchSourceSignal]
  private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

  /// nil where standard input is no terminal. Throws where it goes on showing what is typed.
  init?() throws {
    var before = termios()
    guard unsafe tcgetattr(STDIN_FILENO, &before) == 0 else { return nil }
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO)
    // The suspend character (VSUSP) would give a silent terminal back to the shell.
    silent.c_cc.10 = 0
    let shown = before
    let sources = Self.signals.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        var shown = shown
        unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
        note("\nError: the run was stopped")
        exit(CommandFailure.Code.interrupted.rawValue)
      }
      source.resume()
      return source
    }
    let isSilent = unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0
    self.init(before, sources)
    guard isSilent else {
      throw CommandFailure(
        "the terminal cannot be kept from showing passwords.", hint: "Give --stdin and a pipe.", code: .data)
    }
  }

  private init(_ before: termios, _ sources: [any DispatchSourceSignal]) {
    self.before = before
    self.sources = sources
  }

  deinit {
    var shown = before
    unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
    for source in sources { source.cancel() }
    for number in Self.signals { signal(number, SIG_DFL) }
  }
}

extension SecretBuffer where Element == UInt8 {
  /// These bytes, of which the caller's copy stays as it is.
  init(copying bytes: ArraySlice<UInt8>) {
    self = unsafe SecretBytes(count: bytes.count) { target in
      for (place, byte) in bytes.enumerated() { unsafe target[place] = byte }
    }
  }

  /// A copy of the bytes from `start` on.
  borrowing func suffix(from start: Int) -> SecretBytes {
    unsafe withUnsafeBufferPointer { bytes in
      unsafe SecretBytes(count: bytes.count - start) { target in
        for place in target.indices { unsafe target[place] = bytes[start + place] }
      }
    }
  }

  /// What stands before the first colon, and where that is; nil without one.
  borrowing func beforeColon() -> (text: String, colon: Int)? {
    unsafe withUnsafeBufferPointer { bytes in
      guard let colon = unsafe bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
      return unsafe (String(decoding: bytes[..<colon], as: UTF8.self), colon)
    }
  }
}
#endif
