/// Whether two secrets are equal. Time depends on their lengths, never on where they differ.
public func constantTimeEquals(_ a: borrowing SecretBytes, _ b: borrowing SecretBytes) -> Bool {
  unsafe equalBytes(
    UnsafeRawBufferPointer(start: a.base, count: a.count),
    UnsafeRawBufferPointer(start: b.base, count: b.count))
}

/// Whether two byte strings, such as authentication tags, are equal. Time depends on their lengths, never on where
/// they differ.
public func constantTimeEquals(_ a: [UInt8], _ b: [UInt8]) -> Bool {
  unsafe a.withUnsafeBytes { aBytes in
    unsafe b.withUnsafeBytes { bBytes in unsafe equalBytes(aBytes, bBytes) }
  }
}

/// Not inlined, so that no caller's knowledge of the bytes turns the loop into an early exit.
@inline(never)
private func equalBytes(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
  guard a.count == b.count else { return false }
  var difference: UInt8 = 0
  for index in a.indices { unsafe difference |= a[index] ^ b[index] }
  return difference == 0
}
