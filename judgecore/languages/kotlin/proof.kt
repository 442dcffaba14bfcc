fun main() {
    val n = readln().toInt()
    val xs = readln().split(" ").take(n).map { it.toLong() }
    println("${xs.sum()} ${xs.sumOf { it * it }}")
}
