// ModularArithmeticTests
