def input = System.in.newReader()
def n = input.readLine().toInteger()
def xs = input.readLine().split(' ').take(n)*.toLong()
println "${xs.sum()} ${xs.collect { it * it }.sum()}"
