fun main() { while (true) {} }
