// BigIntegersTests
