print("x" if input().startswith("write") else 7)
