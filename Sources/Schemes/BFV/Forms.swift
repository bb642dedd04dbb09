import PolynomialRing

/// A ciphertext by its coefficients: what is sent, multiplied and switched.
public typealias Coefficient = PolynomialRing.Coefficient
/// A ciphertext by its values: for many products with plaintexts.
public typealias Evaluation = PolynomialRing.Evaluation
/// An automorphism X ↦ X^g; `Parameters` makes the useful ones.
public typealias GaloisElement = PolynomialRing.GaloisElement
