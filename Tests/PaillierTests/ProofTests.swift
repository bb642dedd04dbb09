import BigIntegers
import Paillier
import TestSupport
import Testing

@Suite struct ProofTests {
  private let context = Array("a study".utf8)

  @Test func blumProofsHoldForTheirKeyAndContextOnly() throws {
    let key = try Keys.make(.base)
    let proof = try BlumProof(proving: key, context: context)
    try proof.verify(key.publicKey, context: context)
    let rejected = PaillierError.proofRejected(.blumModulus)
    #expect(throws: rejected) { try proof.verify(key.publicKey, context: context + [0]) }
    #expect(throws: rejected) { try proof.verify(PrivateKey.generate(.bits2048).publicKey, context: context) }
    for change in 0..<4 {
      var answers = proof.answers
      let one = answers[77]
      answers[77] = BlumProof.Answer(
        x: change == 0 ? one.x + 1 : one.x, isNegated: change == 1 ? !one.isNegated : one.isNegated,
        isTwisted: change == 2 ? !one.isTwisted : one.isTwisted, z: change == 3 ? one.z + 1 : one.z)
      #expect(throws: rejected) {
        try BlumProof(w: proof.w, answers: answers).verify(key.publicKey, context: context)
      }
    }
    #expect(throws: rejected) {
      try BlumProof(w: proof.w, answers: Array(proof.answers.dropLast())).verify(
        key.publicKey, context: context)
    }
    #expect(throws: rejected) {
      try BlumProof(w: 4, answers: proof.answers).verify(key.publicKey, context: context)
    }
  }

  @Test func keysWithoutBlumPrimesGetNoProofAndNoShortForm() throws {
    // Primes ≡ 1 mod 4.
    func prime(_ seed: UInt64) -> BigInteger {
      var random = SeededGenerator(seed: seed)
      var candidate = (BigInteger(3) << 1022) + (random.integer(bits: 1020) << 2) + 1
      while !candidate.isProbablePrime(rounds: 25) { candidate += 4 }
      return candidate
    }
    let key = try PrivateKey(variableTime: prime(1), prime(2), variant: .base)
    #expect(throws: PaillierError.proofRejected(.blumModulus)) { try ownProven(key) }
    #expect(throws: PaillierError.invalidKey(.p, .notAFactor)) {
      try BlumProof(proving: key, context: context)
    }
    #expect(throws: PaillierError.invalidKey(.p, .notAFactor)) {
      try AuxiliaryParameters(making: key, context: context)
    }
  }

  @Test func factorProofsHoldForTheirKeyParametersAndContextOnly() throws {
    let key = try Keys.make(.base), verifier = PrivateKey.generate(.bits2048)
    let made = try AuxiliaryParameters(making: verifier, context: context)
    let auxiliary = try AuxiliaryParameters(
      key: made.key, s: made.s, t: made.t, proof: made.proof, context: context)
    let rejectedParameters = PaillierError.proofRejected(.auxiliaryParameters)
    #expect(throws: rejectedParameters) {
      try AuxiliaryParameters(
        key: made.key, s: made.s * made.s % made.key.n, t: made.t, proof: made.proof, context: context)
    }
    #expect(throws: rejectedParameters) {
      try AuxiliaryParameters(key: made.key, s: made.s, t: made.t, proof: made.proof, context: [])
    }
    let proof = FactorProof(proving: key, auxiliary: auxiliary, context: context)
    try proof.verify(key.publicKey, auxiliary: auxiliary, context: context)
    // Honest answers never leave their bounds, whatever the randomness.
    for _ in 0..<8 {
      try FactorProof(proving: key, auxiliary: auxiliary, context: context)
        .verify(key.publicKey, auxiliary: auxiliary, context: context)
    }
    let rejected = PaillierError.proofRejected(.noSmallFactor)
    #expect(throws: rejected) { try proof.verify(key.publicKey, auxiliary: auxiliary, context: []) }
    #expect(throws: rejected) { try proof.verify(verifier.publicKey, auxiliary: auxiliary, context: context) }
    for i in 0..<6 {
      var answers = proof.answers
      answers[i] += 1
      #expect(throws: rejected) {
        try FactorProof(commitments: proof.commitments, answers: answers).verify(
          key.publicKey, auxiliary: auxiliary, context: context)
      }
    }
    for i in 0..<5 {
      var commitments = proof.commitments
      commitments[i] = commitments[i] * 2 % auxiliary.key.n
      #expect(throws: rejected) {
        try FactorProof(commitments: commitments, answers: proof.answers).verify(
          key.publicKey, auxiliary: auxiliary, context: context)
      }
    }
    // Whoever knows a factor of N can prove anything.
    let shared = try AuxiliaryParameters(making: key, context: context)
    #expect(throws: rejected) {
      try FactorProof(proving: key, auxiliary: shared, context: context).verify(
        key.publicKey, auxiliary: shared, context: context)
    }
    // Together they make a key whose short form may be used.
    let blum = try BlumProof(proving: key, context: context)
    let proven = try ProvenKey(
      verifying: key.publicKey, proof: KeyProof(blum: blum, factors: proof), auxiliary: auxiliary,
      context: context)
    let ciphertexts = try Encryptor(proven).encrypt(residues([5], key.publicKey))
    #expect(integers(try key.decrypt(ciphertexts)) == [5])
  }

  @Test func parametersShorterThanTheKeyAreRefused() throws {
    let (p, q) = try #require(KeySizeTests.primes[2400]), context = context
    let key = try PrivateKey(variableTime: p, q, variant: .current)
    let short = try AuxiliaryParameters(making: Keys.make(.current), context: context)
    let rejected = PaillierError.proofRejected(.auxiliaryParameters)
    #expect(throws: rejected) { try KeyProof(proving: key, auxiliary: short, context: context) }
    let proof = FactorProof(proving: key, auxiliary: short, context: context)
    #expect(throws: rejected) { try proof.verify(key.publicKey, auxiliary: short, context: context) }
  }

  @Test func rangeProofsHoldForValuesOfTheRangeOnly() throws {
    let key = try Keys.make(.base), publicKey = key.publicKey
    let proven = try ownProven(key)
    let rejected = PaillierError.proofRejected(.range)
    for encryptor in [Encryptor(classic: publicKey), Encryptor(proven)] {
      let values = [0, 1, -2, 3]
      let opened = try encryptor.encryptWithOpenings(NumberEncoding(publicKey).encode(values).residues)
      for (i, value) in values.enumerated() {
        let range = value < 0 || value > 1 ? -2...3 : 0...1
        let proof = try RangeProof(proving: value, in: range, of: opened, at: i, context: context)
        try proof.verify(opened.ciphertexts, at: i, in: range, under: proven, context: context)
        #expect(throws: rejected) {
          try proof.verify(opened.ciphertexts, at: (i + 1) % 4, in: range, under: proven, context: context)
        }
        #expect(throws: rejected) {
          try proof.verify(opened.ciphertexts, at: i, in: range, under: proven, context: [])
        }
        #expect(throws: rejected) {
          try proof.verify(
            opened.ciphertexts, at: i, in: range.lowerBound...range.upperBound + 1, under: proven,
            context: context)
        }
        var challenges = proof.challenges
        challenges.swapAt(0, 1)
        #expect(throws: rejected) {
          try RangeProof(commitments: proof.commitments, challenges: challenges, answers: proof.answers)
            .verify(opened.ciphertexts, at: i, in: range, under: proven, context: context)
        }
      }
      let other = try ownProven(PrivateKey.generate(.bits2048))
      #expect(throws: PaillierError.differentKeys) {
        try RangeProof(proving: 1, in: 0...1, of: opened, at: 1, context: context)
          .verify(opened.ciphertexts, at: 1, in: 0...1, under: other, context: context)
      }
      // A proof for a value that is not encrypted.
      let wrong = try RangeProof(proving: 1, in: 0...1, of: opened, at: 3, context: context)
      #expect(throws: rejected) {
        try wrong.verify(opened.ciphertexts, at: 3, in: 0...1, under: proven, context: context)
      }
      #expect(throws: PaillierError.valueOutOfRange(index: 3)) {
        _ = try RangeProof(proving: 3, in: 0...1, of: opened, at: 3, context: context)
      }
    }
  }
}
