import BigIntegers
import ModularArithmetic
import PolynomialRing
import ProcessorFeatures
import TestSupport
import Testing

/// Every kernel gives the same words as the scalar one, on the same rows, whatever they stand for.
@Suite struct VariantTests {
  /// Random rows, all zero, all q − 1, alternating extremes, and the rows with the largest sums.
  private func rowSets(_ basis: RNSBasis, _ generator: inout SeededGenerator) throws -> [[[UInt64]]] {
    let moduli = basis.moduli
    let largest = try basis.polynomial([BigInteger](repeating: basis.largestSum, count: degree))
    return [
      basis.randomRows(&generator), moduli.map { _ in [UInt64](repeating: 0, count: degree) },
      moduli.map { [UInt64](repeating: $0.value - 1, count: degree) },
      moduli.map { modulus in (0..<degree).map { $0 % 2 == 0 ? modulus.value - 1 : 0 } },
      moduli.indices.map { largest.row($0) },
    ]
  }

  /// Expects one result from every variant.
  private func expectAgreement(_ name: String, _ words: (VectorVariant) throws -> [UInt64]) rethrows {
    let expected = try words(.base)
    for variant in variants.dropFirst() {
      let found = try words(variant)
      #expect(found == expected, "\(name), \(variant)")
    }
  }

  @Test(arguments: shapes)
  func mapsBetweenBasesAgree(shape: [Int]) throws {
    var generator = SeededGenerator()
    let source = try basis(shape)
    let target = try basis([48, 30, 47], avoiding: source.moduli)
    let name = "seed \(generator.seed)"
    for rows in try rowSets(source.joined(with: target), &generator) {
      let own = Array(rows.prefix(source.count))
      try expectAgreement(name) { variant in
        let (source, target) = (try source.on(variant), try target.on(variant))
        let x = try RNSPolynomial<Coefficient>(rows: own, basis: source)
        return RoundingMap.centredExtension(from: source, to: target)(x, to: target).words
      }
      try expectAgreement(name) { variant in
        let (source, target) = (try source.on(variant), try target.on(variant))
        let x = try RNSPolynomial<Coefficient>(rows: rows, basis: source.joined(with: target))
        return RoundingMap.productScaling(by: 65537, from: source, auxiliary: target).scale(x, to: target)
          .words
      }
      try expectAgreement(name) { variant in
        let joined = try source.joined(with: target).on(variant)
        let kept = joined.prefix(joined.count - 1)
        let x = try RNSPolynomial<Coefficient>(rows: rows, basis: joined)
        return RoundingMap.division(by: joined.moduli[kept.count], kept: kept).divideByLast(x, to: kept).words
      }
      for t: BigInteger in [2, 0xfc001, 0xffff_ffff_ffc5, BigInteger(1) << 64] {
        try expectAgreement("\(t), \(name)") { variant in
          let source = try source.on(variant)
          let x = try RNSPolynomial<Coefficient>(rows: own, basis: source)
          return ModulusScaling(to: t, from: source).limbs(of: x, count: degree)
        }
      }
    }
  }

  @Test(arguments: PlaintextModulus.all)
  func encodingAndLiftAgree(modulus: PlaintextModulus) throws {
    var generator = SeededGenerator()
    let limbs = modulus.limbRows(modulus.inputs(&generator))
    for shape in shapes {
      let target = try basis(shape)
      let rows = target.randomRows(&generator)
      try expectAgreement("\(shape), seed \(generator.seed)") { variant in
        let target = try target.on(variant)
        return RoundingMap.centredLift(from: modulus.value, to: target).map(limbs, to: target).words
      }
      try expectAgreement("\(shape), seed \(generator.seed)") { variant in
        let target = try target.on(variant)
        var sum = try RNSPolynomial<Coefficient>(rows: rows, basis: target)
        RoundingMap.encodingAdded(from: modulus.value, to: target).add(limbs, to: &sum)
        return sum.words
      }
    }
  }

  @Test(arguments: [nil, 8, 16, 21])
  func gadgetProductsAgree(digitBits: Int?) throws {
    var generator = SeededGenerator()
    let gadget = Gadget(digitBits: digitBits)
    let data = try basis([36, 36, 37])
    let full = data.joined(with: try basis([48], avoiding: data.moduli))
    let count = gadget.factors(over: data).count
    let keys = (0..<count).map { _ in (full.randomRows(&generator), full.randomRows(&generator)) }
    for rows in try rowSets(data, &generator) {
      try expectAgreement("seed \(generator.seed)") { variant in
        let (data, full) = (try data.on(variant), try full.on(variant))
        let parts = try keys.map {
          (
            try RNSPolynomial<Evaluation>(rows: $0.0, basis: full),
            try RNSPolynomial<Evaluation>(rows: $0.1, basis: full)
          )
        }
        let x = try RNSPolynomial<Coefficient>(rows: rows, basis: data)
        let (first, second) = x.gadgetProduct(gadget, keys: parts, over: full)
        return first.words + second.words
      }
    }
  }
}
