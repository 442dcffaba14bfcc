var hoard: seq[seq[int]]
while true: hoard.add newSeq[int](1 shl 17)
