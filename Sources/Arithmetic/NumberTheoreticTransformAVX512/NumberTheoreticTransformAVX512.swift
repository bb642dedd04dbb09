// NumberTheoreticTransformAVX512
