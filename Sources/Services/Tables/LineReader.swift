/// The lines of a source, one by one, without their line feeds.
public struct LineReader: ~Copyable {
  private var source: ByteSource
  private var piece: [UInt8] = []
  private var place = 0
  private let longest: Int

  /// How far its source is read.
  public var bytesRead: Int { source.bytesRead }
  /// The length of its source; nil where nobody knows it.
  public var byteCount: Int? { source.byteCount }

  /// Lines of `source`; of longer lines than `longest` bytes one byte more is given, so that a reader can tell.
  public init(_ source: consuming ByteSource, longest: Int) {
    self.source = source
    self.longest = longest
  }

  /// Replaces `line` by the next one; false at the end. Throws as `ByteSource` does.
  public mutating func next(_ line: inout [UInt8]) throws(TableError) -> Bool {
    line.removeAll(keepingCapacity: true)
    var isAny = false
    while true {
      if place == piece.count {
        place = 0
        guard try source.next(&piece) else {
          piece = []
          return isAny
        }
      }
      isAny = true
      let end = piece[place...].firstIndex(of: UInt8(ascii: "\n"))
      let part = piece[place..<(end ?? piece.count)]
      line += part.prefix(max(0, longest + 1 - line.count))
      place = (end ?? piece.count - 1) + 1
      if end != nil { return true }
    }
  }
}
