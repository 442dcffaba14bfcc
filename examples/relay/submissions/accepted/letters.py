way, text = input().split()
digits, letters = "0123456789", "abcdefghij"
table = str.maketrans(digits, letters) if way == "write" else str.maketrans(letters, digits)
print(text.translate(table))
