import Data.Array.Unboxed

main :: IO ()
main = print ((listArray (0, 2 ^ (45 :: Int)) [1 ..] :: UArray Int Int) ! 5)
