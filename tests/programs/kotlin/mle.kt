fun main() {
    val hoard = ArrayList<LongArray>()
    while (true) hoard.add(LongArray(1 shl 17))
}
