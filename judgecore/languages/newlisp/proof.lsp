(set 'n (int (read-line)))
(set 'xs (slice (map int (parse (read-line))) 0 n))
(println (apply + xs) " " (apply + (map (fn (x) (* x x)) xs)))
(exit)
