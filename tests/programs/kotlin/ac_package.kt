package sums

object Solution {
    @JvmStatic
    fun main(args: Array<String>) = println(readln().split(' ').sumOf { it.toInt() })
}
