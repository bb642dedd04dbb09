// PolynomialRingTests
