import LeakCheck
import Secrets
import Testing

@Suite struct SecretEntryTests {
  private func secret(_ bytes: [UInt8]) -> SecretBytes {
    unsafe SecretBytes(count: bytes.count) { target in
      for (place, byte) in bytes.enumerated() { unsafe target[place] = byte }
    }
  }

  @Test(arguments: ["", "password", "pässwörd", "密码🔑", " spaces "])
  func passwordsInWipedMemoryAreTheSameEntries(_ password: String) throws {
    let bytes = secret(Array(password.utf8))
    #expect(LeakEntry(password: bytes) == LeakEntry(password: password))
    #expect(try LeakEntry(ntlmOf: bytes) == LeakEntry(ntlmOf: password))
    let user = try UserName("Ann@example.org")
    #expect(LeakEntry(user, password: bytes) == LeakEntry(user, password: password))
  }

  @Test(arguments: [[0xFF], [0x61, 0xC3], [0xED, 0xA0, 0x80]] as [[UInt8]])
  func passwordsThatAreNoUTF8HaveNoNTLMHash(_ bytes: [UInt8]) {
    let password = secret(bytes)
    #expect(throws: LeakCheckError.unusablePassword) { try LeakEntry(ntlmOf: password) }
  }
}
