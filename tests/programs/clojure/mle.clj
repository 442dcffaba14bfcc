(loop [hoard []] (recur (conj hoard (long-array (bit-shift-left 1 17)))))
