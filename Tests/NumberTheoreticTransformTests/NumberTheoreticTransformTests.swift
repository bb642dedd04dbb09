// NumberTheoreticTransformTests
