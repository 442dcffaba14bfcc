pipeline { tr -s " " "\n" }
pipeline { tail -n +2 }
awk "{ s += $1; q += $1 * $1 } END { print s, q }"
