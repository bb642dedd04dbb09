import BFV
import BigIntegers
import ParameterFiles
import TestSupport
import Testing

/// The sets for linear retrieval: encrypted constants times plaintext polynomials, then recursions that select among
/// answers by encrypted indicators, digit by digit, each layer under its own plaintext modulus.
@Suite struct LookupSetTests {
  static let names = ParameterFiles.names.filter { $0.hasPrefix("lookup-") && !$0.contains("batch") }

  @Test func allLookupSetsStateRetrieval() {
    let kinds = ["retrieval", "expanded-retrieval"].flatMap { Workload.sets("lookup-", kind: $0) }
    #expect(Self.names == kinds.sorted())
    #expect(
      Workload.sets("lookup-", kind: "quadratic-form") == ["lookup-batch-labels", "lookup-batch-n4096"])
  }

  @Test(arguments: names)
  func retrievalReturnsTheWantedColumn(name: String) throws {
    var random = SeededGenerator()
    let workload = try Workload.named(name)
    let literal = try ParameterFiles.file(named: name).literal
    let layers = try #require(workload.layers)
    let seedHolder = SecretKey(try ParameterFiles.parameters(named: name))
    let levels = workload.expansionLevels ?? 0

    // The first layer: ⟨v, a⟩ with every coefficient of every a_i at most ⌊t/2⌋ in magnitude.
    let parameters = try layers[0].parameters(of: literal)
    #expect(parameters.digest == seedHolder.parameters.digest)
    let key = SecretKey(parameters, seed: seedHolder.exportSeed())
    let values = Array(random.residues(parameters).prefix(layers[0].terms))
    var expected = [UInt64](repeating: 0, count: parameters.degree)
    var columns: [[UInt64]] = []
    for value in values {
      let column = random.residues(parameters)
      columns.append(column)
      expected = slotwise(expected, column, parameters) { $0 + value * $1 }
    }
    let first = try Self.answer(
      values, columns, levels: levels, key, name: "\(name), layer 1, seed \(random.seed)")
    #expect(try key.decrypt(first).coefficients == expected, "\(name), seed \(random.seed)")

    // Every further layer picks one of many lists of answers; `sent` is what is left to send.
    var sent = [first]
    var recursions: [(parameters: Parameters, digits: AnswerDigits)] = []
    for (number, layer) in layers.enumerated().dropFirst() {
      let outer = try layer.parameters(of: literal)
      let outerKey = SecretKey(outer, seed: seedHolder.exportSeed())
      let digits = try AnswerDigits(
        of: sent[0], under: recursions.last?.parameters ?? parameters, bits: outer)
      let wanted = Int.random(in: 0..<layer.terms, using: &random)
      let indicators = (0..<layer.terms).map { $0 == wanted ? UInt64(1) : 0 }
      var selected: [Answer] = []
      for polynomial in try sent.flatMap({ try digits.split($0) }) {
        let candidates = (0..<layer.terms).map { $0 == wanted ? polynomial : random.residues(outer) }
        selected.append(
          try Self.answer(
            indicators, candidates, levels: levels, outerKey,
            name: "\(name), layer \(number + 1), seed \(random.seed)"))
      }
      sent = selected
      recursions.append((outer, digits))
    }
    for (outer, digits) in recursions.reversed() {
      let outerKey = SecretKey(outer, seed: seedHolder.exportSeed())
      let polynomials = try sent.map { try outerKey.decrypt($0).coefficients ?? [] }
      sent = try digits.join(polynomials)
    }
    #expect(sent == [first], "\(name), seed \(random.seed)")
  }

  /// Σ values[i]·plaintexts[i] over uploads that were sent and received, as an answer that was sent and received.
  private static func answer(
    _ values: [UInt64], _ plaintexts: [[UInt64]], levels: Int, _ key: borrowing SecretKey, name: String
  ) throws -> Answer {
    let parameters = key.parameters
    var constants: [Ciphertext<Evaluation>] = []
    let keys = try levels == 0 ? nil : key.makeGaloisKeys(parameters.expansion(levels: levels))
    for start in stride(from: 0, to: values.count, by: 1 << levels) {
      let packed = Array(values[start..<min(start + 1 << levels, values.count)])
      let upload = key.encryptSeeded(
        try Plaintext(coefficients: packed, parameters: parameters), expansionLevels: levels)
      let received = try SeededCiphertext(
        decoding: upload.encoded(), parameters: parameters, support: packed.count)
      guard let keys else {
        constants.append(received.expandedEvaluated())
        continue
      }
      constants += try received.expanded().expanded(levels: levels, with: keys).map { $0.evaluated() }
    }
    let factors = try plaintexts.map {
      TransformedPlaintext(try Plaintext(coefficients: $0, parameters: parameters), parameters: parameters)
    }
    let sum = try Ciphertext.innerProduct(
      Array(constants.prefix(values.count)), factors, errorsAreIndependent: true
    ).interpolated()
    #expect(sum.answerDecrypts, "\(name), budget \(sum.noiseBudgetBound)")
    #expect(Noise.slack(sum, key) >= 0, "\(name)")
    return try Answer(decoding: sum.answer(.all).encoded(parameters), parameters: parameters)
  }
}
