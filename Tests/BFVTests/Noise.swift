import BFV
import Foundation

/// The noise of a ciphertext as its owner measures it, and as it is bounded without the key.
enum Noise {
  /// log2 of the bound over the measured maximum. Negative: the bound is violated. Half a unit is granted, since
  /// the measure rounds Q·m/t once more than the definition of the noise does.
  static func slack(_ ciphertext: Ciphertext<Coefficient>, _ key: borrowing SecretKey) -> Double {
    let bound = ciphertext.noise.log2Maximum(degree: ciphertext.parameters.degree)
    return log2(exp2(bound) + 0.5) - key.log2Noise(ciphertext)
  }
}
