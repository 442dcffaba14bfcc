import std/[math, sequtils, strutils]

let n = stdin.readLine.strip.parseInt
let xs = stdin.readLine.splitWhitespace[0 ..< n].map(parseInt)
echo xs.sum, " ", xs.mapIt(it * it).sum
