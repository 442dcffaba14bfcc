(ns main (:require ["fs" :as fs]))

(let [[n & more] (mapv js/Number (.split (.trim (fs/readFileSync 0 "utf8")) #"\s+"))
      xs (take n more)]
  (println (reduce + 0 xs) (reduce + 0 (map #(* % %) xs))))
