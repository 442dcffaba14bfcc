print([][int(input())])
