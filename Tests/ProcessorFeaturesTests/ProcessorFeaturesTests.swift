import Foundation
import ProcessorFeatures
import Testing

@Suite struct ProcessorFeaturesTests {
  @Test func variantsCompareBySpeed() {
    #expect(VectorVariant.allCases == [.base, .avx2, .avx512])
    #expect(VectorVariant.base < .avx2 && VectorVariant.avx2 < .avx512)
  }

  @Test func everythingUpToTheDetectedVariantIsSupported() {
    for variant in VectorVariant.allCases {
      #expect(variant.isSupported == (variant <= VectorVariant.detected))
    }
    #expect(VectorVariant.current.isSupported)
  }

  @Test func vectorAESComesWithTheWidestVariantOnly() {
    #expect(!VectorVariant.hasVectorAES || VectorVariant.detected == .avx512)
  }

  /// `Scripts/test` runs this with the variable unset and set.
  @Test func theEnvironmentForcesTheCurrentVariant() {
    let text = ProcessInfo.processInfo.environment["HITOKU_SIMD"]
    let wanted = text.flatMap(VectorVariant.init(rawValue:)) ?? .detected
    #expect(VectorVariant.current == min(wanted, .detected))
  }

  @Test(arguments: VectorVariant.allCases, VectorVariant.allCases)
  func aVariantIsGrantedExactlyWhereItIsSupported(wanted: VectorVariant, detected: VectorVariant) throws {
    if wanted <= detected {
      #expect(try VectorVariant.requested(wanted.rawValue, detected: detected) == wanted)
    } else {
      #expect(throws: ProcessorFeaturesError.unsupportedVariant(wanted, detected: detected)) {
        try VectorVariant.requested(wanted.rawValue, detected: detected)
      }
    }
  }

  @Test(arguments: ["AVX2", "avx", " base", "avx512 ", "0"])
  func anUnknownVariantIsRefused(text: String) {
    #expect(throws: ProcessorFeaturesError.unknownVariant(text)) {
      try VectorVariant.requested(text, detected: .avx512)
    }
  }

  @Test(arguments: [nil, ""])
  func unsetAndEmptyAskForNothing(text: String?) throws {
    #expect(try VectorVariant.requested(text, detected: .avx2) == nil)
  }

  @Test func theErrorSaysWhatToSet() {
    let refused = ProcessorFeaturesError.unsupportedVariant(.avx512, detected: .avx2)
    #expect(refused.description == "HITOKU_SIMD=avx512 is not supported here: use avx2 or less, or unset it")
  }
}
