; Uses what programs use, so that the archive holds what is loaded for it.
(require '[clojure.string :as string])
(defn twice [n] (* 2 n))
(let [[a b] (map #(Integer/parseInt %) (string/split (read-line) #" "))
      counts (frequencies (map #(mod % 3) (range a)))]
  (println (string/join "," (take 3 (sort > (map twice (range 1 (inc a)))))))
  (println (reduce + (vals counts)) (into (sorted-map) counts) (format "%.2f" (double b)))
  (loop [n a] (when (pos? n) (recur (dec n)))))
