def main (xs: []i64): i64 =
  reduce (+) 0 (map (\x -> x * x) xs)
