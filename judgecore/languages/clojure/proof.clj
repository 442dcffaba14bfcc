(let [n (Integer/parseInt (read-line))
      xs (map #(Long/parseLong %) (take n (.split (read-line) " ")))]
  (println (reduce + xs) (reduce + (map #(* % %) xs))))
