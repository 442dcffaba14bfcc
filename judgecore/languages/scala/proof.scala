object Main extends App {
  val n = scala.io.StdIn.readInt()
  val xs = scala.io.StdIn.readLine().split(" ").take(n).map(_.toLong)
  println(s"${xs.sum} ${xs.map(x => x * x).sum}")
}
