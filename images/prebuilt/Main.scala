// Uses what programs use, so that the archive holds what the compiler loads for it.
import scala.collection.mutable
import scala.io.StdIn

sealed trait Shape { def area: Double }
case class Square(side: Double) extends Shape { def area: Double = side * side }
case class Pair(a: Int, b: Int)

object Main {
  def main(arguments: Array[String]): Unit = {
    val Array(a, b) = StdIn.readLine().split(" ").map(_.toInt)
    val counts = mutable.Map[Int, Int]().withDefaultValue(0)
    for (i <- 1 to a) counts(i) = counts(i - 1) + b
    println(counts.values.toSeq.sorted.reverse.take(3).mkString(","))
    val heap = mutable.PriorityQueue(Pair(a, b), Pair(b, a))(Ordering.by(_.a))
    val shape: Shape = Square(2.0)
    val said = shape match { case Square(side) if side > 1 => s"large ${shape.area}"; case _ => "small" }
    println(s"${heap.dequeue()} $said ${Vector(1, 2, 3).foldLeft(0)(_ + _)} ${Option(a).map(_ * 2).getOrElse(0)}")
  }
}
