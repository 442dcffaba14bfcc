(let [n (io.read :n)]
  (var sum 0)
  (var squares 0)
  (for [_ 1 n]
    (let [x (io.read :n)]
      (set sum (+ sum x))
      (set squares (+ squares (* x x)))))
  (print (string.format "%d %d" sum squares)))
