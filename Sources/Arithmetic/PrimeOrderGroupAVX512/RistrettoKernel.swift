/// Operations on up to 256 elements of ristretto255 (RFC 9496) at once, eight to a register, in constant time.
///
/// Callers own all memory: inputs and outputs at any alignment, `digits` and the workspace at multiples of 64 bytes. The
/// workspace may hold anything at the start and holds values that follow from inputs and scalars at the end: it is
/// for the caller to wipe. Inputs may overlap outputs only if they are the same memory.
package struct RistrettoKernel {
  /// Elements of one call at most.
  package static let maximumCount = 256
  /// Bytes of workspace.
  package static let workspaceByteCount = stagingOffset + 512
  /// 64-bit words of the digits of eight scalars: 64 signed radix-16 digits in −8…8, least significant first, each eight
  /// two's-complement words, one for each lane. They are those of k/2 mod ℓ where k is the factor meant.
  package static let digitWordCount = 8 * digitCount

  private static let groupLimit = maximumCount / 8
  private static let fieldOffset = groupLimit * MemoryLayout<Extended>.stride
  private static let scratchOffset = fieldOffset + groupLimit * MemoryLayout<Field8>.stride
  private static let validOffset = scratchOffset + groupLimit * MemoryLayout<Field8>.stride
  private static let tableOffset = validOffset + groupLimit * MemoryLayout<Lanes>.stride
  /// Eight rows of 64 bytes, for a last group that is not full.
  private static let stagingOffset = tableOffset + tableCount * MemoryLayout<Cached>.stride

  /// The only stored property: a bigger structure would come with shared helpers that copy it in wide instructions.
  private let workspace: UnsafeMutableRawPointer

  /// A view of `workspace`, which outlives it.
  package init(workspace: UnsafeMutableRawPointer) {
    precondition(Int(bitPattern: workspace) % 64 == 0, "a workspace is aligned")
    self.workspace = workspace
  }

  private var points: UnsafeMutablePointer<Extended> { part(0) }
  private var fields: UnsafeMutablePointer<Field8> { part(Self.fieldOffset) }
  private var scratch: UnsafeMutablePointer<Field8> { part(Self.scratchOffset) }
  private var valid: UnsafeMutablePointer<Lanes> { part(Self.validOffset) }
  private var table: UnsafeMutablePointer<Cached> { part(Self.tableOffset) }
  private var staging: UnsafeMutableRawPointer { workspace + Self.stagingOffset }

  private func part<T>(_ offset: Int) -> UnsafeMutablePointer<T> {
    (workspace + offset).assumingMemoryBound(to: T.self)
  }

  /// The index of the first of `count` rows of 32 bytes that is no canonical encoding, or nil.
  package func firstInvalid(_ encodings: UnsafeRawPointer, count: Int) -> Int? {
    _ = decode(encodings, count)
    return firstInvalid(count)
  }

  /// Multiplies encoded elements: by one scalar, or each by its own where `digitsPerGroup` is set.
  ///
  /// `encodings` and `output` are `count` rows of 32 bytes. Returns the index of the first row that is no canonical
  /// encoding, or nil; outputs of such rows are zero.
  package func multiply(
    _ encodings: UnsafeRawPointer, count: Int, digits: UnsafePointer<UInt64>, digitsPerGroup: Bool,
    output: UnsafeMutableRawPointer
  ) -> Int? {
    let groups = decode(encodings, count)
    multiply(groups, digits, digitsPerGroup)
    for g in 0..<groups { doubleForEncoding(points + g, fields + g) }
    encode(groups)
    for g in 0..<groups { fields[g] = Field8.select(valid[g], fields[g], Field8(small: 0)) }
    write(output, count)
    return firstInvalid(count)
  }

  /// The sum of all elements, each multiplied by its own scalar; `output` is one encoding. Returns as `multiply` does.
  package func sumOfProducts(
    _ encodings: UnsafeRawPointer, count: Int, digits: UnsafePointer<UInt64>, output: UnsafeMutableRawPointer
  ) -> Int? {
    let groups = decode(encodings, count)
    guard groups > 0 else {
      output.initializeMemory(as: UInt8.self, repeating: 0, count: 32)
      return nil
    }
    multiply(groups, digits, true)
    // The lanes behind `count` hold the decoded zero, the identity.
    for g in 1..<max(1, groups) { add(points + g, to: points) }
    sumLanes(points)
    doubleForEncoding(points, fields)
    encode(1)
    write(output, 1)
    return firstInvalid(count)
  }

  /// The one-way map of RFC 9496, section 4.3.4: from rows of 64 uniform bytes to rows of 32 bytes.
  package func hash(_ uniform: UnsafeRawPointer, count: Int, output: UnsafeMutableRawPointer) {
    let groups = groupCount(count)
    for g in 0..<groups {
      let (r0, r1) = uniformPair(uniform, g, count)
      hashForEncoding(r0, r1, points + g, fields + g)
    }
    encode(groups)
    write(output, count)
  }

  /// The one-way map, then multiplication, without encoding and decoding in between.
  package func hashAndMultiply(
    _ uniform: UnsafeRawPointer, count: Int, digits: UnsafePointer<UInt64>, digitsPerGroup: Bool,
    output: UnsafeMutableRawPointer
  ) {
    let groups = groupCount(count)
    for g in 0..<groups {
      let (r0, r1) = uniformPair(uniform, g, count)
      hashToPoint(r0, r1, points + g)
    }
    multiply(groups, digits, digitsPerGroup)
    for g in 0..<groups { doubleForEncoding(points + g, fields + g) }
    encode(groups)
    write(output, count)
  }
}

extension RistrettoKernel {
  private func groupCount(_ count: Int) -> Int {
    precondition(count >= 0 && count <= Self.maximumCount, "as many elements as the workspace has room for")
    return (count &+ 7) / 8
  }

  /// Eight rows of `stride` bytes, from where they lie or, for a last group that is not full, filled up with zeros.
  private func rows(_ start: UnsafeRawPointer, _ g: Int, _ count: Int, stride: Int) -> UnsafeRawPointer {
    let first = start + 8 &* g &* stride, left = count &- 8 &* g
    guard left < 8 else { return first }
    staging.initializeMemory(as: UInt8.self, repeating: 0, count: 8 &* stride)
    staging.copyMemory(from: first, byteCount: left &* stride)
    return UnsafeRawPointer(staging)
  }

  private func uniformPair(_ uniform: UnsafeRawPointer, _ g: Int, _ count: Int) -> (Field8, Field8) {
    let rows = rows(uniform, g, count, stride: 64)
    return (Field8(words: gather(rows, stride: 64)), Field8(words: gather(rows + 32, stride: 64)))
  }

  /// Fills points and validity; gives the number of groups. Decoding works on pairs of groups: an odd last one has the
  /// identity beside it.
  private func decode(_ encodings: UnsafeRawPointer, _ count: Int) -> Int {
    let groups = groupCount(count)
    for g in 0..<groups {
      let words = gather(rows(encodings, g, count, stride: 32), stride: 32)
      fields[g] = Field8(words: words)
      // Canonical: below p, bit 255 clear, and even ("not negative").
      let f = Field8.freeze(fields[g]).words
      let difference =
        (f.0 ^ words.0) | (f.1 ^ words.1) | (f.2 ^ words.2) | (f.3 ^ words.3) | (words.0 & splat(1))
      valid[g] = zeroMask(difference & splat(1 << 63 - 1)) & zeroMask(shiftRight(difference, 63))
    }
    if groups % 2 == 1 {
      fields[groups] = Field8(small: 0)
      valid[groups] = .zero
    }
    for pair in 0..<(groups &+ 1) / 2 {
      decodePair(fields + 2 &* pair, points + 2 &* pair, valid + 2 &* pair)
    }
    return groups
  }

  private func multiply(_ groups: Int, _ digits: UnsafePointer<UInt64>, _ digitsPerGroup: Bool) {
    precondition(Int(bitPattern: digits) % 64 == 0, "digits are aligned")
    let lanes = UnsafeRawPointer(digits).assumingMemoryBound(to: Lanes.self)
    for g in 0..<groups {
      PrimeOrderGroupAVX512.multiply(points + g, digitsPerGroup ? lanes + g &* digitCount : lanes, table)
    }
  }

  private func encode(_ groups: Int) {
    invertAll(fields, count: groups, scratch: scratch)
    for g in 0..<groups { PrimeOrderGroupAVX512.encode(points + g, fields + g) }
  }

  private func write(_ output: UnsafeMutableRawPointer, _ count: Int) {
    for g in 0..<groupCount(count) {
      let target = output + 256 &* g, left = count &- 8 &* g
      if left >= 8 {
        scatter(fields[g].words, target)
      } else {
        scatter(fields[g].words, staging)
        target.copyMemory(from: staging, byteCount: 32 &* left)
      }
    }
  }

  private func firstInvalid(_ count: Int) -> Int? {
    var i = 0
    while i < count {
      if valid[i / 8][i % 8] == 0 { return i }
      i &+= 1
    }
    return nil
  }
}
