// NumberTheoreticTransformAVX2
