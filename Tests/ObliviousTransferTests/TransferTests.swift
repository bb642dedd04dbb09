import ObliviousTransfer
import Primitives
import Secrets
import TestSupport
import Testing

/// A fresh offset with a set lowest bit.
func makeOffset() -> SecretBuffer<Block> {
  unsafe SecretBuffer<Block>(count: 1) { block in
    unsafe SystemRandom.fill(UnsafeMutableRawBufferPointer(block))
    unsafe block[0].x |= 1
  }
}

extension SecretBuffer {
  /// The elements in the open.
  borrowing func array() -> [Element] { unsafe withUnsafeBufferPointer { unsafe Array($0) } }
}

/// Both sides of an extension after base transfers.
struct TransferPair: ~Copyable {
  var sender: TransferSender
  var receiver: TransferReceiver
  let offset: Block

  private init(sender: consuming TransferSender, receiver: consuming TransferReceiver, offset: Block) {
    self.sender = sender
    self.receiver = receiver
    self.offset = offset
  }

  static func make() throws -> TransferPair {
    let secret = makeOffset()
    let offset = secret.array()[0]
    let session = SystemRandom.bytes(count: 32)
    let choices = try BaseTransferReceiver(session: session, choices: TransferSender.choices(of: secret))
    let base = BaseTransferSender(session: session)
    let (question, answer) = (choices.message, base.message)
    let receiver = TransferReceiver(keys: try base.keys(receiver: question))
    let sender = TransferSender(offset: secret, keys: try choices.keys(sender: answer))
    return TransferPair(sender: sender, receiver: receiver, offset: offset)
  }

  /// Extends; the sender's and the receiver's rows.
  mutating func extend(
    _ choices: [Bool], _ change: (inout [UInt8]) -> Void = { _ in }
  ) throws(ObliviousTransferError) -> (sender: [Block], receiver: [Block]) {
    var packed = [UInt8](repeating: 0, count: (choices.count + 7) / 8)
    for (index, choice) in choices.enumerated() where choice { packed[index / 8] |= 1 << UInt8(index % 8) }
    var t = SecretBuffer<Block>(count: choices.count), q = SecretBuffer<Block>(count: choices.count)
    var message = unsafe t.withUnsafeMutableBufferPointer {
      unsafe receiver.extend(choices: packed, into: $0)
    }
    change(&message)
    unsafe try q.withUnsafeMutableBufferPointer { q throws(ObliviousTransferError) in
      unsafe try sender.extend(message: message, into: q)
    }
    return (q.array(), t.array())
  }
}

@Suite struct TransferTests {
  @Test(arguments: [0, 1, 7, 127, 128, 129, 1000, 8191, 8192, 8193, 20_000])
  func rowsDifferByTheOffsetExactlyWhereTheChoiceIsOne(count: Int) throws {
    var random = SeededGenerator()
    var pair = try TransferPair.make()
    // Several extensions of one pair, as a protocol makes.
    for _ in 0..<2 {
      let choices = (0..<count).map { _ in Bool.random(using: &random) }
      let (q, t) = try pair.extend(choices)
      for index in 0..<count {
        #expect(q[index] ^ t[index] == (choices[index] ? pair.offset : Block()), "seed \(random.seed)")
      }
      #expect(Set(t).count == count)
    }
  }

  @Test func hashedRowsAreTheKeyOfTheChoiceAndNotTheOther() throws {
    var random = SeededGenerator()
    var pair = try TransferPair.make()
    let choices = (0..<300).map { _ in Bool.random(using: &random) }
    let (q, t) = try pair.extend(choices)
    let seed = Seed.random()
    var senderHash = TweakedHash(seed: seed, stream: 5), receiverHash = TweakedHash(seed: seed, stream: 5)
    let both = unsafe q.withUnsafeBufferPointer { unsafe pair.sender.keys(of: $0, &senderHash).array() }
    let one = unsafe t.withUnsafeBufferPointer { unsafe TransferReceiver.keys(of: $0, &receiverHash).array() }
    for index in choices.indices {
      #expect(one[index] == both[2 * index + (choices[index] ? 1 : 0)], "seed \(random.seed)")
      #expect(one[index] != both[2 * index + (choices[index] ? 0 : 1)], "seed \(random.seed)")
    }
  }

  @Test func messagesOfAnotherLengthAreRefused() throws {
    var pair = try TransferPair.make()
    let choices = [Bool](repeating: true, count: 200)
    #expect(throws: ObliviousTransferError.messageLength(4095, expected: 4096)) {
      _ = try pair.extend(choices) { $0.removeLast() }
    }
    #expect(throws: ObliviousTransferError.messageLength(4097, expected: 4096)) {
      _ = try pair.extend(choices) { $0.append(0) }
    }
  }

  @Test func baseTransfersGiveTheChosenKeyOfEachPair() throws {
    var random = SeededGenerator()
    let session = SystemRandom.bytes(count: 32)
    let choices = (0..<128).map { _ in UInt8.random(in: 0...1, using: &random) }
    let secret = unsafe SecretBytes(count: 128) { target in
      for index in choices.indices { unsafe target[index] = choices[index] }
    }
    let receiver = try BaseTransferReceiver(session: session, choices: secret)
    let sender = BaseTransferSender(session: session)
    let (question, answer) = (receiver.message, sender.message)
    let chosen = try receiver.keys(sender: answer).array()
    let pairs = try sender.keys(receiver: question)
    let (zero, one) = (pairs.zero.array(), pairs.one.array())
    for (index, choice) in choices.enumerated() {
      let range = 32 * index..<32 * (index + 1)
      #expect(chosen[range] == (choice == 1 ? one : zero)[range], "seed \(random.seed)")
      #expect(chosen[range] != (choice == 1 ? zero : one)[range], "seed \(random.seed)")
    }
  }

  @Test func baseMessagesOfOtherSessionsGiveOtherKeys() throws {
    let receiver = try BaseTransferReceiver(
      session: [UInt8](repeating: 1, count: 32), choices: SecretBytes(count: 128))
    let sender = BaseTransferSender(session: [UInt8](repeating: 2, count: 32))
    let (question, answer) = (receiver.message, sender.message)
    let chosen = try receiver.keys(sender: answer).array()
    #expect(try sender.keys(receiver: question).zero.array() != chosen)
  }

  @Test func hostileBaseMessagesAreRefused() throws {
    let session = SystemRandom.bytes(count: 32)
    func sender() -> BaseTransferSender { BaseTransferSender(session: session) }
    func receiver() throws -> BaseTransferReceiver {
      try BaseTransferReceiver(session: session, choices: SecretBytes(count: 128))
    }
    let question = try receiver().message
    for message in [[], Array(question.dropLast()), question + [0]] {
      #expect(throws: ObliviousTransferError.messageLength(message.count, expected: 8192)) {
        _ = try sender().keys(receiver: message)
      }
    }
    for index in [0, 100, 255] {
      var invalid = question
      for offset in 0..<32 { invalid[32 * index + offset] = 0xFF }
      #expect(throws: ObliviousTransferError.invalidElement) { _ = try sender().keys(receiver: invalid) }
      for offset in 0..<32 { invalid[32 * index + offset] = 0 }
      #expect(throws: ObliviousTransferError.invalidElement) { _ = try sender().keys(receiver: invalid) }
    }
    for message in [[UInt8](repeating: 0, count: 32), [UInt8](repeating: 0xFF, count: 32)] {
      #expect(throws: ObliviousTransferError.invalidElement) { _ = try receiver().keys(sender: message) }
    }
    #expect(throws: ObliviousTransferError.messageLength(31, expected: 32)) {
      _ = try receiver().keys(sender: [UInt8](repeating: 1, count: 31))
    }
  }
}

@Suite struct ConsistencyCheckTests {
  /// Extends with the extra transfers, perhaps altering columns, and checks.
  private func check(
    _ count: Int, _ random: inout SeededGenerator, columns: (inout [UInt8]) -> Void = { _ in },
    response: (inout [UInt8]) -> Void = { _ in }
  ) throws {
    var pair = try TransferPair.make()
    let total = ConsistencyCheck.transferCount(for: count)
    let choices = (0..<total).map { _ in Bool.random(using: &random) }
    let (q, t) = try pair.extend(choices, columns)
    var packed = [UInt8](repeating: 0, count: total / 8)
    for (index, choice) in choices.enumerated() where choice { packed[index / 8] |= 1 << UInt8(index % 8) }
    let challenge = Seed.random()
    var answer = unsafe t.withUnsafeBufferPointer {
      unsafe TransferReceiver.response(to: challenge, rows: $0, choices: packed)
    }
    response(&answer)
    let rows = unsafe SecretBuffer<Block>(count: total) { rows in for i in 0..<total { unsafe rows[i] = q[i] }
    }
    unsafe try rows.withUnsafeBufferPointer { rows throws(ObliviousTransferError) in
      unsafe try pair.sender.check(answer, to: challenge, rows: rows)
    }
  }

  @Test(arguments: [1, 8, 100, 9000]) func aReceiverThatFollowsTheProtocolPasses(count: Int) throws {
    var random = SeededGenerator()
    try check(count, &random)
  }

  @Test func columnsWithOtherChoicesAreCaught() throws {
    var random = SeededGenerator()
    for _ in 0..<20 {
      // Sixty-four columns that each differ in one place pass only if as many bits of the offset are guessed.
      #expect(throws: ObliviousTransferError.inconsistentReceiver, "seed \(random.seed)") {
        try check(
          500, &random,
          columns: { message in
            let columnByteCount = message.count / 128
            for column in 0..<64 { message[columnByteCount * column + column % 60] ^= 1 }
          })
      }
    }
  }

  @Test func alteredAnswersAreRefused() throws {
    var random = SeededGenerator()
    for place in [0, 7, 8, 500, ConsistencyCheck.responseByteCount - 1] {
      #expect(throws: ObliviousTransferError.inconsistentReceiver, "seed \(random.seed)") {
        try check(64, &random, response: { $0[place] ^= 16 })
      }
    }
    #expect(throws: ObliviousTransferError.messageLength(1031, expected: 1032)) {
      try check(64, &random, response: { $0.removeLast() })
    }
  }
}
