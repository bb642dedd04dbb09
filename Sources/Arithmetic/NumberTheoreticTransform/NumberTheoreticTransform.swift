// NumberTheoreticTransform
