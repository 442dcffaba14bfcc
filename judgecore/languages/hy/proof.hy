(setv n (int (input))
      xs (cut (lfor word (.split (input)) (int word)) n))
(print (sum xs) (sum (gfor x xs (* x x))))
