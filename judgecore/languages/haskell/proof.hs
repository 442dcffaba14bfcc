main :: IO ()
main = do
  n <- readLn
  xs <- take n . map read . words <$> getLine :: IO [Int]
  putStrLn (show (sum xs) ++ " " ++ show (sum (map (^ 2) xs)))
