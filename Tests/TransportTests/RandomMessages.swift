import TestSupport
import Transport

/// `count` messages whose content depends on the generator alone.
func randomMessages(_ generator: inout SeededGenerator, count: Int, sizes: ClosedRange<Int>) -> [Message] {
  (0..<count).map { index in
    let size = Int.random(in: sizes, using: &generator)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size + 8)
    while bytes.count < size {
      let word = generator.next()
      for shift in stride(from: UInt64(0), to: 64, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: word >> shift))
      }
    }
    bytes.removeLast(bytes.count - size)
    return Message(type: UInt8(index % 3), payload: bytes)
  }
}

/// The three types of `randomMessages`.
let anyOfThree: MessageLimits = [0: 4 << 20, 1: 4 << 20, 2: 4 << 20]
