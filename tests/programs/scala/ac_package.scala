package sums

object Solution extends App {
  println(scala.io.StdIn.readLine().split(" ").map(_.toInt).sum)
}
