// Fence: callers read all bytes in place through one pointer.

/// Many byte strings end to end, in two allocations however many there are: identifiers and messages by the million.
public struct ByteStrings: Sendable, Hashable {
  /// All bytes, one string behind the other.
  public private(set) var bytes: [UInt8] = []
  /// Where each string ends.
  private var ends: [Int] = []

  /// No strings yet.
  public init() {}

  /// These strings in this order.
  public init(_ strings: some Collection<[UInt8]>) {
    reserve(count: strings.count, byteCount: strings.reduce(0) { $0 + $1.count })
    for string in strings { append(string) }
  }

  /// Makes room for `count` further strings of `byteCount` bytes in all.
  public mutating func reserve(count: Int, byteCount: Int) {
    ends.reserveCapacity(ends.count + count)
    bytes.reserveCapacity(bytes.count + byteCount)
  }

  /// Puts a string at the end.
  public mutating func append(_ string: some Collection<UInt8>) {
    bytes.append(contentsOf: string)
    ends.append(bytes.count)
  }

  /// Puts a string of another collection at the end.
  public mutating func append(_ other: ByteStrings, at index: Int) {
    bytes.append(contentsOf: other.bytes[other.range(index)])
    ends.append(bytes.count)
  }

  /// Takes all strings out and keeps the memory.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
  }

  /// The place in `bytes` of string `index`, which is in 0..<count.
  public func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

  /// Reads string `index` in place; the pointer is valid inside `body` only.
  public func withUnsafeBytes<R>(at index: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
    let range = range(index)
    return unsafe bytes.withUnsafeBytes { unsafe body(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }
}

extension ByteStrings: RandomAccessCollection {
  /// 0.
  public var startIndex: Int { 0 }
  /// The number of strings.
  public var endIndex: Int { ends.count }

  /// The bytes of the string at an index in 0..<count.
  public subscript(index: Int) -> ArraySlice<UInt8> { bytes[range(index)] }
}
