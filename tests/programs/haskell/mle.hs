main = do
  let xs = [1 ..] :: [Integer]
  print (length xs)
  print (sum xs)
