// Uses what programs use, so that the archive holds what the compiler loads for it.
import java.util.*

data class Pair2(val a: Int, val b: Int)

enum class Kind { ODD, EVEN }

sealed interface Shape { val area: Double }

class Square(side: Double) : Shape { override val area = side * side }

inline fun <reified T> named(value: T) = "${T::class.java.simpleName} $value"

fun main() {
    val (a, b) = readLine()!!.split(" ").map { it.toInt() }
    val counts = mutableMapOf<Int, Int>()
    for (i in 1..a) counts[i] = (counts[i - 1] ?: 0) + b
    println(counts.values.sortedByDescending { it }.take(3).joinToString())
    val kind = when { a % 2 == 0 -> Kind.EVEN; else -> Kind.ODD }
    val heap = PriorityQueue<Pair2>(compareBy { it.a })
    heap.add(Pair2(a, b))
    val grid = Array(3) { IntArray(3) { it } }
    println("${heap.poll()} $kind ${grid.sumOf { it.sum() }} ${named(Square(2.0).area)}")
    println(generateSequence(1L) { it * 2 }.takeWhile { it < 100 }.toList())
    try { require(a < 0) { "not negative" } } catch (wrong: IllegalArgumentException) { println(wrong.message) }
}
