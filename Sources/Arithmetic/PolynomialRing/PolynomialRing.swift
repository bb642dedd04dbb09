// PolynomialRing
