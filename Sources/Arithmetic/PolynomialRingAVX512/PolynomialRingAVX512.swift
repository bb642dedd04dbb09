// PolynomialRingAVX512
