/// Frames in order: in at the end, out at the beginning, in constant time on average.
struct FrameQueue: Sendable {
  private var slots: [Frame?] = []
  private var head = 0

  var count: Int { slots.count - head }

  /// The frame `offset` places behind the first one; nil behind the end.
  func frame(at offset: Int) -> Frame? { offset < count ? slots[head + offset] : nil }

  mutating func append(_ frame: Frame) { slots.append(frame) }

  mutating func removeFirst() -> Frame? {
    guard head < slots.count else { return nil }
    let frame = slots[head].take()
    head += 1
    // Emptied slots go once they are the larger half.
    if head > slots.count / 2 {
      slots.removeFirst(head)
      head = 0
    }
    return frame
  }
}
