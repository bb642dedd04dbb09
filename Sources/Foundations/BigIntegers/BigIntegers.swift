// BigIntegers
