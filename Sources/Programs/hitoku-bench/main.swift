print("hitoku-bench")
