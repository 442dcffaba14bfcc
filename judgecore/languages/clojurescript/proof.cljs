(require '["fs" :as fs] '[clojure.string :as str])

(let [[n & more] (map parse-long (str/split (str/trim (fs/readFileSync 0 "utf8")) #"\s+"))
      xs (take n more)]
  (println (reduce + xs) (reduce + (map #(* % %) xs))))
