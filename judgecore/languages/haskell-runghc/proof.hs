main :: IO ()
main = interact $ \text ->
  let n : xs = map read (words text) :: [Int]
      taken = take n xs
   in unwords [show (sum taken), show (sum [x * x | x <- taken])] ++ "\n"
