import BFV
import BigIntegers
import ParameterFiles
import TestSupport
import Testing

/// The set for batches: quadratic forms of uploads in slots, without relinearisation.
@Suite struct LookupBatchSetTests {
  @Test(arguments: Workload.sets("lookup-", kind: "quadratic-form"))
  func quadraticFormsOfUploadsAreReadFromThreePolynomials(name: String) throws {
    var random = SeededGenerator()
    let workload = try Workload.named(name)
    let parameters = try ParameterFiles.parameters(named: name)
    let key = SecretKey(parameters)
    // The constant 1 first, so that products with it are the linear terms and the constant one.
    var factors = [[UInt64](repeating: 1, count: parameters.degree)]
    for _ in 0..<(try #require(workload.uploads)) { factors.append(random.residues(parameters)) }
    let uploads = try factors.map { slots in
      let upload = key.encryptSeeded(try Plaintext(slots: slots, parameters: parameters))
      return try SeededCiphertext(decoding: upload.encoded(), parameters: parameters).expanded()
    }
    var (products, forms): ([Ciphertext<Evaluation>], [TransformedPlaintext]) = ([], [])
    var expected = [UInt64](repeating: 0, count: parameters.degree)
    for i in factors.indices {
      for j in i..<factors.count {
        let product = i == j ? try uploads[i].squared() : try Ciphertext.product(uploads[i], uploads[j])
        products.append(product.evaluated())
        let coefficients = random.residues(parameters)
        forms.append(
          TransformedPlaintext(
            try Plaintext(slots: coefficients, parameters: parameters), parameters: parameters))
        let values = slotwise(factors[i], factors[j], parameters) { $0 * $1 }
        expected = slotwise(expected, slotwise(values, coefficients, parameters) { $0 * $1 }, parameters) {
          $0 + $1
        }
      }
    }
    #expect(products.count == workload.terms)
    // Each product has a pair of uploads of its own: their noises are uncorrelated, though they share factors.
    let sum = try Ciphertext.innerProduct(products, forms, errorsAreIndependent: true).interpolated()
    #expect(sum.polynomialCount == 3)
    #expect(Noise.slack(sum, key) >= 0)
    #expect(try key.decrypt(sum).slots(parameters) == expected, "seed \(random.seed)")
    #expect(sum.answerDecrypts, "budget \(sum.noiseBudgetBound)")
    let answer = try Answer(decoding: sum.answer(.all).encoded(parameters), parameters: parameters)
    #expect(try key.decrypt(answer).slots(parameters) == expected, "seed \(random.seed)")
  }
}
