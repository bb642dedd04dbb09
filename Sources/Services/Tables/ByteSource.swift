import Glibc

// Fence: read(2) into arrays, and the text of errno.

/// The system's text for an error number.
func systemMessage(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }

/// Bytes in pieces from a file, standard input or memory; gzip data (RFC 1952) is recognised and inflated.
public struct ByteSource: ~Copyable {
  /// How much is read at once.
  static let pieceByteCount = 1 << 18

  private var raw: RawSource
  private var inflater: GzipInflater?
  private var isStarted = false
  /// How many bytes of the raw piece went through the inflater.
  private var inflated = 0

  /// Bytes read so far, as the file has them, before any inflating.
  public var bytesRead: Int { raw.bytesRead }
  /// The file's length; nil where nobody knows it.
  public var byteCount: Int? { raw.byteCount }

  /// The file at `path`, or standard input for `-`. Throws `cannotOpen`.
  public init(path: String) throws(TableError) {
    raw = path == "-" ? RawSource(descriptor: STDIN_FILENO) : try RawSource(opening: path)
  }

  /// These bytes.
  public init(bytes: [UInt8]) { raw = RawSource(bytes: bytes) }

  /// Replaces `piece` by the next bytes, at least one; false at the end. Throws `readFailed` or `gzipDamaged`.
  mutating func next(_ piece: inout [UInt8]) throws(TableError) -> Bool {
    if !isStarted {
      isStarted = true
      try raw.read(atLeast: 2)
      // No UTF-8 text begins with these two.
      if raw.piece.starts(with: [0x1F, 0x8B]) { inflater = GzipInflater() }
    }
    piece.removeAll(keepingCapacity: true)
    if inflater != nil { return try nextInflated(&piece) }
    try raw.read(atLeast: 1)
    swap(&piece, &raw.piece)
    return !piece.isEmpty
  }

  private mutating func nextInflated(_ piece: inout [UInt8]) throws(TableError) -> Bool {
    while piece.isEmpty {
      if inflated == raw.piece.count {
        raw.piece.removeAll(keepingCapacity: true)
        inflated = 0
        try raw.read(atLeast: 1)
      }
      if raw.piece.isEmpty {
        guard inflater?.isBetweenMembers == true else { throw .gzipDamaged }
        return false
      }
      inflated +=
        try inflater?.inflate(raw.piece[inflated...], into: &piece, byteCount: Self.pieceByteCount) ?? 0
    }
    return true
  }
}

/// Where bytes come from before any inflating; `piece` holds what was read and not yet used.
struct RawSource: ~Copyable {
  var piece: [UInt8] = []
  private(set) var bytesRead = 0
  private let descriptor: Int32
  private let isOwned: Bool

  init(opening path: String) throws(TableError) {
    descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotOpen(path: path, errno: errno) }
    isOwned = true
  }

  init(descriptor: Int32) {
    self.descriptor = descriptor
    isOwned = false
  }

  init(bytes: [UInt8]) {
    self.init(descriptor: -1)
    piece = bytes
  }

  deinit { if isOwned { close(descriptor) } }

  /// The length of a plain file.
  var byteCount: Int? {
    var status = stat()
    guard descriptor >= 0, unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return nil
    }
    return Int(status.st_size)
  }

  /// Reads until `piece` has `count` bytes or the end is reached.
  mutating func read(atLeast count: Int) throws(TableError) {
    while piece.count < count && descriptor >= 0 {
      let before = piece.count
      var code: Int32 = 0
      piece.append(addingCapacity: ByteSource.pieceByteCount) { span in
        unsafe span.withUnsafeMutableBufferPointer { buffer, initialized in
          var got = -1
          repeat {
            got = unsafe Glibc.read(
              descriptor, buffer.baseAddress?.advanced(by: initialized), ByteSource.pieceByteCount)
          } while got < 0 && errno == EINTR
          if got < 0 { code = errno }
          initialized += max(got, 0)
        }
      }
      guard code == 0 else { throw .readFailed(errno: code) }
      bytesRead += piece.count - before
      if piece.count == before { return }
    }
  }
}
