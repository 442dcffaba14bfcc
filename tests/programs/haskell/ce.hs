main = putStrLn 1
